import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PRIORITIES, type Queue } from '@/shared/api/types';
import { count, decimal, span } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { Panel } from '@/shared/ui/Panel';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { PauseButton } from './PauseButton';
import { drainsIn, PausedWords } from './words';

const HEAD = 'px-2 py-2 text-right font-[540] whitespace-nowrap first:pl-4 first:text-left';
const CELL = 'px-2 py-2 text-right align-middle whitespace-nowrap';

/** A line for each queue: how much waits and for how long side by side, since neither alone tells of trouble. */
export function QueuesTable({ queues }: { queues: Queue[] | undefined }) {
  return (
    <Panel title="Queues">
      <table className="num w-full min-w-[880px] table-fixed text-xs max-lg:hidden">
        <thead>
          <tr className="border-b border-line text-2xs text-faint">
            <th className={`${HEAD} w-[22%]`}>Queue</th>
            <th className={HEAD}>Size</th>
            <th className={HEAD}>Latency</th>
            <th className={HEAD}>Wait p50</th>
            <th className={HEAD}>p95</th>
            <th className={HEAD}>p99</th>
            <th className={HEAD}>Running</th>
            <th className={HEAD}>Finished/min</th>
            <th className={HEAD}>Drains in</th>
            <th className={HEAD}>Inversions</th>
            <th className={`${HEAD} w-14`}>
              <span className="sr-only">Acts</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {PRIORITIES.map((priority) => {
            const queue = queues?.find(({ name }) => name === priority);
            const fact = (value: (queue: Queue) => ReactNode) => (queue ? value(queue) : <Blank />);
            return (
              <tr key={priority} className="h-12 hover:bg-panel-2">
                <th scope="row" className="px-4 py-2 text-left font-normal">
                  <Name priority={priority} queue={queue} />
                </th>
                <td className={`${CELL} text-base font-[600]`}>
                  {fact((one) => (
                    <Size queue={one} />
                  ))}
                </td>
                <td className={`${CELL} text-base font-[600]`}>
                  {fact((one) => span(one.oldest_wait_seconds))}
                </td>
                <td className={CELL}>{fact((one) => span(one.wait_seconds?.p50))}</td>
                <td className={CELL}>{fact((one) => span(one.wait_seconds?.p95))}</td>
                <td className={CELL}>{fact((one) => span(one.wait_seconds?.p99))}</td>
                <td className={CELL}>{fact((one) => count(one.running))}</td>
                <td className={CELL}>{fact((one) => decimal(one.finished_per_minute))}</td>
                <td className={CELL}>{fact(drainsIn)}</td>
                <td className={CELL}>
                  {fact((one) => (
                    <Inversions queue={one} />
                  ))}
                </td>
                <td className={`${CELL} pr-4`}>{queue && <PauseButton queue={queue} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <ul className="divide-y divide-line lg:hidden" aria-label="Queues">
        {PRIORITIES.map((priority) => {
          const queue = queues?.find(({ name }) => name === priority);
          return (
            <li key={priority} className="num px-4 py-3 text-xs">
              <div className="flex min-h-7 items-center">
                <Name priority={priority} queue={queue} />
                <span className="ml-auto">{queue && <PauseButton queue={queue} />}</span>
              </div>
              <dl className="mt-2 grid grid-cols-3 gap-x-3 gap-y-2">
                <Fact name="Size" large value={queue ? <Size queue={queue} /> : <Blank />} />
                <Fact name="Latency" large value={queue ? span(queue.oldest_wait_seconds) : <Blank />} />
                <Fact name="Drains in" value={queue ? drainsIn(queue) : <Blank />} />
                <Fact name="Wait p50" value={span(queue?.wait_seconds?.p50)} />
                <Fact name="p95" value={span(queue?.wait_seconds?.p95)} />
                <Fact name="p99" value={span(queue?.wait_seconds?.p99)} />
                <Fact name="Running" value={queue ? count(queue.running) : '–'} />
                <Fact name="Finished/min" value={queue ? decimal(queue.finished_per_minute) : '–'} />
                <Fact name="Inversions" value={queue ? <Inversions queue={queue} /> : '–'} />
              </dl>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

const Blank = () => <span className="shimmer inline-block h-4 w-8 align-middle" />;

const Fact = ({ name, value, large }: { name: string; value: ReactNode; large?: boolean }) => (
  <div>
    <dt className="text-2xs text-faint">{name}</dt>
    <dd className={large ? 'text-base font-[600]' : ''}>{value}</dd>
  </div>
);

const Name = ({ priority, queue }: { priority: Queue['name']; queue: Queue | undefined }) => (
  <span className="flex min-w-0 items-center gap-2">
    <span className={`flex items-center gap-1.5 text-sm font-semibold ${PRIORITY_LOOK[priority].tone}`}>
      <Icon name={PRIORITY_LOOK[priority].icon} />
      {PRIORITY_LOOK[priority].label}
    </span>
    <span role="status" className="min-w-0 truncate">
      {queue?.paused && <PausedWords queue={queue} />}
    </span>
  </span>
);

const Size = ({ queue }: { queue: Queue }) => (
  <Link
    to="/jobs"
    data-row
    search={{ priority: [queue.name], state: ['queued'] }}
    className="rounded-sm hover:underline"
    aria-label={`${count(queue.queued)} waiting in ${queue.name}`}
  >
    {count(queue.queued)}
  </Link>
);

const Inversions = ({ queue: { inversions } }: { queue: Queue }) => (
  <span
    className={`inline-flex items-center gap-1 ${inversions > 0 ? 'text-fail' : ''}`}
    title="Jobs of a lower priority that were started while one here waited. It must read 0."
  >
    {inversions > 0 && <Icon name="warning" size={13} />}
    {count(inversions)}
  </span>
);
