import { Link } from '@tanstack/react-router';
import type { ErrorExample, WholeErrorGroup } from '@/shared/api/types';
import { count, exactTime, plural, shortId } from '@/shared/format/format';
import { CopyButton } from '@/shared/ui/CopyButton';
import { Fact } from '@/shared/ui/Fact';
import { Icon } from '@/shared/ui/Icon';
import { StateBadge } from '@/shared/ui/labels';
import { Notice } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { Ago } from '@/shared/ui/Time';
import { HourBars } from './HourBars';

/** One group: what fails, how often, where, and who failed so lately. */
export function ErrorGroupPage({ group }: { group: WholeErrorGroup }) {
  return (
    <>
      {group.regressed_at && (
        <Panel className="px-4 py-3">
          <p className="flex items-start gap-2.5">
            <Icon name="retry" className="mt-px text-fail" />
            <span>
              <b className="font-[560]">It was resolved, and failed again</b>{' '}
              <Ago time={group.regressed_at} />.
            </span>
          </p>
        </Panel>
      )}
      <div className="grid grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)] items-start gap-4 max-lg:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-4">
          <Frequency group={group} />
          <Traceback group={group} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Examples group={group} />
          <Facts group={group} />
        </div>
      </div>
    </>
  );
}

const Frequency = ({ group }: { group: WholeErrorGroup }) => (
  <Panel title="Failures" note={`${count(group.count)} in all`} bodyClassName="px-4 py-4">
    <HourBars hours={group.hours} span="the last 7 days" className="h-20" />
    <p className="num mt-1.5 flex justify-between text-2xs text-faint">
      <span>7 days ago</span>
      <span>by the hour, at most {count(Math.max(...group.hours.map((hour) => hour.count)))}</span>
      <span>now</span>
    </p>
  </Panel>
);

const Traceback = ({ group }: { group: WholeErrorGroup }) => (
  <Panel
    title="Latest error"
    note={<Ago time={group.last_seen_at} />}
    actions={group.traceback && <CopyButton text={group.traceback} label="Copy traceback" />}
  >
    <p className="px-4 pt-3 pb-2 wrap-anywhere">
      <b className="font-[560]">{group.type}</b>
      {group.sample_message && <span className="text-soft">: {group.sample_message}</span>}
    </p>
    {group.traceback ? (
      <pre
        className="max-h-[32rem] overflow-auto px-4 pb-4 font-mono text-xs leading-[1.55] text-soft -outline-offset-2"
        tabIndex={0}
        aria-label="Traceback"
      >
        {group.traceback}
      </pre>
    ) : (
      <p className="px-4 pb-4 text-xs text-faint">There is no traceback: its process was gone.</p>
    )}
  </Panel>
);

const Examples = ({ group }: { group: WholeErrorGroup }) => (
  <Panel
    title="Latest jobs"
    actions={
      <Link
        to="/jobs"
        search={{ fingerprint: group.fingerprint }}
        className="rounded-sm text-xs text-soft hover:text-text"
      >
        All jobs
      </Link>
    }
  >
    {group.examples.length > 0 ? (
      <ul className="divide-y divide-line">
        {group.examples.map((example) => (
          <Example key={`${example.job_id} ${example.attempt}`} example={example} />
        ))}
      </ul>
    ) : (
      <Notice icon="jobs" title="No job is left" compact>
        The jobs that failed so were deleted since. The count stays.
      </Notice>
    )}
  </Panel>
);

const Example = ({ example }: { example: ErrorExample }) => (
  <li className="relative grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 px-4 py-2 transition duration-(--quick) hover:bg-panel-2">
    <span className="flex min-w-0 items-center gap-2.5">
      <Link
        to="/jobs/$jobId"
        params={{ jobId: example.job_id }}
        data-row
        className="truncate font-mono text-xs after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
      >
        {shortId(example.job_id)}
      </Link>
      <span className="text-xs">
        <StateBadge state={example.state} />
      </span>
      <span className="num text-2xs whitespace-nowrap text-faint">attempt {example.attempt}</span>
    </span>
    <Ago time={example.failed_at} className="text-2xs leading-5 text-faint" />
    <span className="col-span-full truncate text-xs text-soft" title={example.message}>
      {example.message}
    </span>
  </li>
);

const Facts = ({ group }: { group: WholeErrorGroup }) => (
  <Panel title="Facts">
    <dl className="num grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 px-4 py-3 text-xs">
      <Fact name="Task">
        <Link to="/jobs" search={{ task: [group.task] }} className="text-accent hover:underline">
          {group.task}
        </Link>
      </Fact>
      <Fact name="Raised in">
        {group.place ? <span className="font-mono">{group.place}</span> : 'no function of its own'}
      </Fact>
      <Fact name="Message">
        <span className="font-mono">{group.message || 'none'}</span>
      </Fact>
      <Fact name="First seen">
        <Ago time={group.first_seen_at} />
        <span className="font-normal text-faint"> · {exactTime(group.first_seen_at)}</span>
      </Fact>
      <Fact name="Last seen">
        <Ago time={group.last_seen_at} />
        <span className="font-normal text-faint"> · {exactTime(group.last_seen_at)}</span>
      </Fact>
      {group.releases.length > 0 && (
        <Fact name="Releases">
          <ul className="flex flex-col gap-1">
            {group.releases.map(({ release, count: failures, last_hour }) => (
              <li key={release} title={`last in the hour of ${exactTime(last_hour)}`}>
                <span className="font-mono">{release}</span>
                <span className="font-normal text-faint"> · {plural(failures, 'failure')}</span>
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {group.status_changed_at && !group.regressed_at && (
        <Fact name="Decided">
          <Ago time={group.status_changed_at} />
          {group.status_changed_by && (
            <span className="font-normal text-faint"> · {group.status_changed_by}</span>
          )}
        </Fact>
      )}
      <Fact name="Fingerprint">
        <span className="inline-flex items-center gap-0.5 font-mono">
          {group.fingerprint}
          <CopyButton text={group.fingerprint} label="Copy the fingerprint" />
        </span>
      </Fact>
    </dl>
  </Panel>
);
