import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Priority, Queue } from '@/shared/api/types';
import { compactCount, count, decimal, span } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { PauseButton } from './PauseButton';
import { drainsIn, PausedWords } from './words';

/** How one priority stands: what waits, how long, how fast it drains. `chart` is drawn by who knows the history. */
export function QueueCard({
  priority,
  queue,
  chart,
}: {
  priority: Priority;
  queue: Queue | undefined;
  chart?: ReactNode;
}) {
  const look = PRIORITY_LOOK[priority];
  return (
    <section
      className="panel @container relative grid grid-cols-[1fr_auto] content-start gap-y-2.5 overflow-hidden p-4 pl-[18px]"
      aria-label={`${look.label} priority`}
      aria-busy={!queue}
    >
      <span
        className="absolute inset-y-0 left-0 w-[3px]"
        style={{ background: look.colour }}
        aria-hidden="true"
      />
      <div className="col-span-2 -my-1 flex min-h-7 min-w-0 items-center gap-2">
        <h2 className={`flex items-center gap-1.5 text-sm font-semibold ${look.tone}`}>
          <Icon name={look.icon} />
          {look.label}
        </h2>
        {/* In the place of the other words, so that a pause moves nothing. */}
        <span className="num min-w-0 truncate text-xs text-faint" role="status">
          {queue && (queue.paused ? <PausedWords queue={queue} /> : asideOf(queue))}
        </span>
        <span className="ml-auto">{queue && <PauseButton queue={queue} />}</span>
      </div>
      <Link
        to="/jobs"
        search={{ priority: [priority], state: ['queued'] }}
        className="num group flex items-baseline gap-2 self-end rounded-sm leading-none"
      >
        <span
          className="text-num font-[640] tracking-[-0.035em]"
          title={queue ? count(queue.queued) : undefined}
        >
          {queue ? compactCount(queue.queued) : <span className="shimmer inline-block h-7 w-12" />}
        </span>
        <span className="text-xs text-soft group-hover:text-text">waiting</span>
      </Link>
      <div className="flex h-11 w-[150px] items-end justify-end max-sm:w-[110px]">{chart}</div>
      <dl className="num col-span-2 grid grid-cols-[repeat(3,auto)] justify-between gap-x-2 gap-y-2.5 border-t border-line pt-3 @min-[400px]:grid-cols-[repeat(6,auto)]">
        <Fact name="Oldest" value={span(queue?.oldest_wait_seconds)} />
        <Fact
          name="Wait p50 / p95"
          value={
            queue?.wait_seconds ? `${span(queue.wait_seconds.p50)} / ${span(queue.wait_seconds.p95)}` : '–'
          }
        />
        <Fact name="Running" value={queue ? count(queue.running) : '–'} />
        <Fact name="Finished/min" value={queue ? decimal(queue.finished_per_minute) : '–'} />
        <Fact name="Drains in" value={queue ? drainsIn(queue) : '–'} />
        <Fact
          name="Inversions"
          value={queue ? count(queue.inversions) : '–'}
          about="Jobs of a lower priority that were started while one here waited. It must read 0."
          wrong={queue !== undefined && queue.inversions > 0}
        />
      </dl>
    </section>
  );
}

interface FactProps {
  name: string;
  value: string;
  about?: string;
  wrong?: boolean;
}

const Fact = ({ name, value, about, wrong = false }: FactProps) => (
  <div title={about}>
    <dt className="text-2xs whitespace-nowrap text-faint">{name}</dt>
    <dd
      className={`flex items-center gap-1 font-[540] tracking-[-0.01em] whitespace-nowrap ${wrong ? 'text-fail' : ''}`}
    >
      {wrong && <Icon name="warning" size={13} />}
      {value}
    </dd>
  </div>
);

/** What stands aside of those that wait to be run: due later, held by a limit. */
function asideOf(queue: Queue): string {
  const later = queue.scheduled + queue.retrying;
  return [
    later > 0 && `${compactCount(later)} due later`,
    queue.held > 0 && `${compactCount(queue.held)} held by a limit`,
  ]
    .filter(Boolean)
    .join(' · ');
}
