import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Priority, Queue } from '@/shared/api/types';
import { compactCount, count, decimal, span } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';

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
  const later = queue ? queue.scheduled + queue.retrying : 0;
  return (
    <section
      className="panel @container relative grid grid-cols-[1fr_auto] content-start gap-y-3 overflow-hidden p-4 pl-[18px]"
      aria-label={`${look.label} priority`}
      aria-busy={!queue}
    >
      <span
        className="absolute inset-y-0 left-0 w-[3px]"
        style={{ background: look.colour }}
        aria-hidden="true"
      />
      <div className="min-w-0">
        <h2 className={`flex items-center gap-1.5 text-sm font-semibold ${look.tone}`}>
          <Icon name={look.icon} />
          {look.label}
          {later > 0 && (
            <span className="num ml-1 truncate text-xs font-normal text-faint">
              {compactCount(later)} due later
            </span>
          )}
        </h2>
        <Link
          to="/jobs"
          search={{ priority: [priority], state: ['queued'] }}
          className="num group mt-2.5 flex items-baseline gap-2 rounded-sm leading-none"
        >
          <span
            className="text-num font-[640] tracking-[-0.035em]"
            title={queue ? count(queue.queued) : undefined}
          >
            {queue ? compactCount(queue.queued) : <span className="shimmer inline-block h-7 w-12" />}
          </span>
          <span className="text-xs text-soft group-hover:text-text">waiting</span>
        </Link>
      </div>
      <div className="flex h-[68px] w-[150px] items-end justify-end max-sm:w-[110px]">{chart}</div>
      <dl className="num col-span-2 grid grid-cols-[repeat(3,auto)] justify-between gap-x-2 gap-y-2.5 border-t border-line pt-3 @min-[340px]:grid-cols-[repeat(5,auto)]">
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
      </dl>
    </section>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt className="text-2xs whitespace-nowrap text-faint">{name}</dt>
    <dd className="font-[540] tracking-[-0.01em] whitespace-nowrap">{value}</dd>
  </div>
);

function drainsIn(queue: Queue): string {
  if (queue.queued === 0) return 'empty';
  return queue.drain_seconds === null ? 'unknown' : span(queue.drain_seconds);
}
