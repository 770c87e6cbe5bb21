import { Link } from '@tanstack/react-router';
import type { Schedule } from '@/shared/api/types';
import { exactTime, sentence } from '@/shared/format/format';
import { IconButton } from '@/shared/ui/Button';
import { PriorityLabel, StateBadge } from '@/shared/ui/labels';
import { Ago } from '@/shared/ui/Time';
import { usePauseSchedule, useRunSchedule } from './api';
import { guardedPause } from './guardedPause';
import { DeclaredTag, StandingBadge } from './StandingBadge';

const GRID =
  'grid grid-cols-[minmax(0,1.1fr)_minmax(0,1.7fr)_minmax(0,1fr)_76px_minmax(0,1fr)_128px_60px] items-center gap-x-4 px-4 max-xl:grid-cols-[minmax(0,1.1fr)_minmax(0,1.5fr)_76px_minmax(0,1fr)_128px_60px] max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-y-1';

/** Schedules: when each runs next, and how its last job went. */
export function SchedulesList({ schedules }: { schedules: Schedule[] }) {
  return (
    <section className="panel min-w-0 overflow-hidden" aria-label="Schedules">
      <div
        className={`${GRID} h-9 border-b border-line text-2xs font-[540] text-faint max-md:hidden`}
        aria-hidden="true"
      >
        <span>Name</span>
        <span>When</span>
        <span className="max-xl:hidden">Task</span>
        <span>Next run</span>
        <span>Last job</span>
        <span>State</span>
      </div>
      <ul className="divide-y divide-line">
        {schedules.map((schedule) => (
          <Row key={schedule.id} schedule={schedule} />
        ))}
      </ul>
    </section>
  );
}

function Row({ schedule }: { schedule: Schedule }) {
  const { last_job: lastJob } = schedule;
  return (
    <li
      className={`${GRID} relative min-h-14 py-2 transition duration-(--quick) hover:bg-panel-2 max-md:py-3`}
    >
      <div className="min-w-0">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            to="/schedules/$scheduleId"
            params={{ scheduleId: schedule.id }}
            data-row
            className="truncate font-[560] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {schedule.name}
          </Link>
          {schedule.declared && <DeclaredTag />}
        </span>
        <span className="block truncate text-xs text-faint xl:hidden">{schedule.task}</span>
      </div>
      <div className="min-w-0 max-md:order-3 max-md:col-span-2">
        <span className="block truncate" title={schedule.cron_in_words}>
          {sentence(schedule.cron_in_words)}
        </span>
        <span className="block truncate text-xs text-faint">
          <span className="mr-1 font-mono">{schedule.cron}</span>· {schedule.timezone}
        </span>
      </div>
      <div className="min-w-0 max-xl:hidden">
        <span className="block truncate">{schedule.task}</span>
        <span className="text-xs">
          <PriorityLabel priority={schedule.priority} />
        </span>
      </div>
      <div className="num text-xs max-md:order-4">
        <span className="mr-1 text-faint md:hidden">Next</span>
        {schedule.next_run_at ? <Ago time={schedule.next_run_at} /> : <Nothing />}
      </div>
      <div className="min-w-0 text-xs max-md:order-6 max-md:hidden">
        {lastJob ? (
          <Link
            to="/jobs/$jobId"
            params={{ jobId: lastJob.id }}
            className="relative z-10 flex w-fit max-w-full items-center gap-2 rounded-sm hover:brightness-125"
            title={exactTime(lastJob.created_at)}
          >
            <StateBadge state={lastJob.state} />
            <Ago time={lastJob.created_at} className="text-faint" />
          </Link>
        ) : (
          <span className="text-faint">none yet</span>
        )}
      </div>
      <div className="flex text-xs max-md:order-5 max-md:justify-self-end">
        <StandingBadge schedule={schedule} />
      </div>
      <Acts schedule={schedule} />
    </li>
  );
}

const Nothing = () => <span className="text-faint">–</span>;

function Acts({ schedule }: { schedule: Schedule }) {
  const pause = usePauseSchedule(schedule);
  const run = useRunSchedule(schedule);
  const paused = schedule.paused_at !== null;
  return (
    <div className="relative z-10 flex items-center justify-end gap-1 max-md:order-2">
      <IconButton
        icon="now"
        label={`Run ${schedule.name} now`}
        disabled={run.isPending}
        onClick={() => run.mutate()}
      />
      <IconButton
        icon={paused ? 'play' : 'pause'}
        label={`${paused ? 'Resume' : 'Pause'} ${schedule.name}`}
        disabled={pause.isPending}
        onClick={() => (paused ? pause.mutate(false) : guardedPause(schedule.name, () => pause.mutate(true)))}
      />
    </div>
  );
}
