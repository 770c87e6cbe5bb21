import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { WholeSchedule } from '@/shared/api/types';
import { count, exactTime, plural, sentence, span } from '@/shared/format/format';
import { DataPanel } from '@/shared/ui/DataPanel';
import { Fact } from '@/shared/ui/Fact';
import { Icon } from '@/shared/ui/Icon';
import { PriorityLabel } from '@/shared/ui/labels';
import { Panel } from '@/shared/ui/Panel';
import { Tag } from '@/shared/ui/Tag';
import { Ago } from '@/shared/ui/Time';
import { NextRuns } from './NextRuns';
import { CATCH_UP, OVERLAP } from './standing';

/** One schedule: when it runs, with what, and how it went. `history` is drawn by who knows the jobs. */
export function SchedulePage({ schedule, history }: { schedule: WholeSchedule; history: ReactNode }) {
  return (
    <>
      {schedule.last_error && <LastError schedule={schedule} />}
      <div className="grid grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)] items-start gap-4 max-lg:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-4">
          <Panel className="px-4 py-4">
            <p className="text-base font-[580]">{sentence(schedule.cron_in_words)}</p>
            <p className="mt-1 text-xs text-faint">
              <span className="mr-1 font-mono">{schedule.cron}</span>· {schedule.timezone}
              {schedule.last_run_at && (
                <>
                  {' '}
                  · last run <Ago time={schedule.last_run_at} />
                </>
              )}
              {schedule.skipped > 0 && ` · ${plural(schedule.skipped, 'run')} skipped`}
            </p>
            <div className="mt-4 border-t border-line pt-3">
              {schedule.paused_at ? (
                <p className="flex items-center gap-2 text-xs text-soft">
                  <Icon name="pause" size={14} />
                  <span>
                    Paused <Ago time={schedule.paused_at} />. Runs during a pause are not made up for.
                  </span>
                </p>
              ) : (
                <NextRuns times={schedule.next_runs} timezone={schedule.timezone} />
              )}
            </div>
          </Panel>
          {history}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <DataPanel title="Params" value={schedule.params} empty="Its jobs are submitted without params." />
          <Facts schedule={schedule} />
        </div>
      </div>
    </>
  );
}

const LastError = ({ schedule }: { schedule: WholeSchedule }) => (
  <Panel className="px-4 py-3">
    <p className="flex items-start gap-2.5">
      <Icon name="warning" className="mt-px text-fail" />
      <span className="min-w-0">
        <b className="font-[560]">The latest run made no job.</b>{' '}
        <span className="wrap-anywhere text-soft">{schedule.last_error}</span>
      </span>
    </p>
  </Panel>
);

function Facts({ schedule }: { schedule: WholeSchedule }) {
  const limit = schedule.catch_up === 'all' ? `, at most ${count(schedule.catch_up_limit)}` : '';
  return (
    <Panel title="Facts">
      <dl className="num grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 px-4 py-3 text-xs">
        <Fact name="Task">
          <Link to="/jobs" search={{ task: [schedule.task] }} className="text-accent hover:underline">
            {schedule.task}
          </Link>
        </Fact>
        <Fact name="Priority">
          <PriorityLabel priority={schedule.priority} />
        </Fact>
        <Fact name="Overlap">
          {OVERLAP[schedule.overlap].label}
          <About>{OVERLAP[schedule.overlap].about}</About>
        </Fact>
        <Fact name="Catch up">
          {CATCH_UP[schedule.catch_up].label}
          {limit}
          <About>{CATCH_UP[schedule.catch_up].about}</About>
        </Fact>
        {schedule.max_retries !== null && <Fact name="Retries">at most {schedule.max_retries}</Fact>}
        {schedule.timeout_seconds !== null && <Fact name="Time limit">{span(schedule.timeout_seconds)}</Fact>}
        {schedule.tags.length > 0 && (
          <Fact name="Tags">
            <span className="flex flex-wrap gap-1">
              {schedule.tags.map((tag) => (
                <Tag key={tag}>{tag}</Tag>
              ))}
            </span>
          </Fact>
        )}
        <Fact name="Kept by">
          {schedule.declared ? (
            <>
              the code of its task
              <About>Workers keep it as the code says. It can be paused here, and changed only there.</About>
            </>
          ) : (
            (schedule.created_by ?? 'the API')
          )}
        </Fact>
        <Fact name="Created">
          <Ago time={schedule.created_at} />
          <span className="font-normal text-faint"> · {exactTime(schedule.created_at)}</span>
        </Fact>
      </dl>
    </Panel>
  );
}

const About = ({ children }: { children: string }) => (
  <span className="block font-normal text-faint">{children}</span>
);
