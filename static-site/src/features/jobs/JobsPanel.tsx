import { Link } from '@tanstack/react-router';
import { useNow } from '@/shared/format/clock';
import { span, ticking } from '@/shared/format/format';
import type { JobSummary } from '@/shared/api/types';
import { PriorityLabel, StateBadge } from '@/shared/ui/labels';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { ProgressBar } from '@/shared/ui/ProgressBar';
import { Ago } from '@/shared/ui/Time';
import type { JobFilters } from './filters';
import { useJobList } from './useJobList';
import { waitsSince } from './waits';

const ROW_GAP = 'gap-[21px] p-4';

interface JobsPanelProps {
  title: string;
  filters: JobFilters;
  /** At most so many rows. */
  shown: number;
  /** What stands there while there is none. */
  empty: { title: string; words: string };
}

/** The newest jobs of some kind, live. */
export function JobsPanel({ title, filters, shown, empty }: JobsPanelProps) {
  const { rows, error, refetch } = useJobList(filters, true);
  return (
    <Panel
      title={title}
      actions={
        <Link to="/jobs" search={filters} className="rounded-sm text-xs text-soft hover:text-text">
          All jobs
        </Link>
      }
    >
      {rows ? (
        rows.length > 0 ? (
          <ul className="divide-y divide-line">
            {rows.slice(0, shown).map((job) => (
              <Row key={job.id} job={job} />
            ))}
          </ul>
        ) : (
          <Notice icon="jobs" title={empty.title} compact>
            {empty.words}
          </Notice>
        )
      ) : error ? (
        <FailedToLoad what="Jobs" error={error} retry={() => void refetch()} compact />
      ) : (
        <Skeleton rows={shown} height={18} className={ROW_GAP} />
      )}
    </Panel>
  );
}

const Row = ({ job }: { job: JobSummary }) => (
  <li className="relative grid h-10 grid-cols-[108px_minmax(0,1fr)_84px_minmax(0,1fr)_68px] items-center gap-3 px-4 transition duration-(--quick) hover:bg-panel-2 max-sm:grid-cols-[20px_minmax(0,1fr)_24px_60px]">
    <span className="max-sm:w-4 max-sm:overflow-hidden">
      <StateBadge state={job.state} />
    </span>
    <Link
      to="/jobs/$jobId"
      params={{ jobId: job.id }}
      data-row
      className="truncate font-[540] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {job.task}
    </Link>
    <span className="max-sm:w-4 max-sm:overflow-hidden">
      <PriorityLabel priority={job.priority} />
    </span>
    <span className="num min-w-0 text-xs text-faint max-sm:hidden">
      <Word job={job} />
    </span>
    <span className="num text-right text-xs">
      <Ago time={job.created_at} className="text-soft" />
    </span>
  </li>
);

function Word({ job }: { job: JobSummary }) {
  const now = useNow();
  if (job.state === 'running') {
    return (
      <span className="flex items-center gap-2">
        <span className="w-20 flex-none">
          <ProgressBar progress={job.progress} thin />
        </span>
        {job.started_at && <span>{ticking((now - Date.parse(job.started_at)) / 1000)}</span>}
      </span>
    );
  }
  const since = waitsSince(job);
  if (since !== null) return `waiting ${ticking((now - Date.parse(since)) / 1000)}`;
  if (job.state === 'retrying' || job.state === 'scheduled')
    return `due in ${ticking((Date.parse(job.run_at) - now) / 1000)}`;
  if (job.state === 'failed') return <span className="block truncate text-soft">{job.error?.type}</span>;
  return job.run_seconds === null ? null : `ran ${span(job.run_seconds)}`;
}
