/** The columns of the jobs table. Widths and what stays where there is little room are told in one place. */
import { createColumnHelper, tableFeatures } from '@tanstack/react-table';
import { Link } from '@tanstack/react-router';
import type { JobSummary } from '@/shared/api/types';
import { useNow } from '@/shared/format/clock';
import { count, span, ticking } from '@/shared/format/format';
import { PriorityLabel, StateBadge } from '@/shared/ui/labels';
import { ProgressBar } from '@/shared/ui/ProgressBar';
import { Tag } from '@/shared/ui/Tag';
import { Ago } from '@/shared/ui/Time';
import { waitsSince } from './waits';

export const features = tableFeatures({});

const column = createColumnHelper<typeof features, JobSummary>();

export const columns = column.columns([
  column.accessor('state', { header: 'State', cell: ({ row }) => <StateBadge state={row.original.state} /> }),
  column.accessor('task', { header: 'Task', cell: ({ row }) => <TaskCell job={row.original} /> }),
  column.accessor('priority', {
    header: 'Priority',
    cell: ({ row }) => <PriorityLabel priority={row.original.priority} />,
  }),
  column.display({
    id: 'happening',
    header: 'Detail',
    cell: ({ row }) => <Happening job={row.original} />,
  }),
  column.accessor('tags', { header: 'Tags', cell: ({ row }) => <Tags tags={row.original.tags} /> }),
  column.accessor('attempt', {
    header: 'Attempt',
    cell: ({ row: { original: job } }) =>
      job.attempt === 0 ? <Nothing /> : `${count(job.attempt)} / ${count(job.max_retries + 1)}`,
  }),
  column.accessor('wait_seconds', { header: 'Wait', cell: ({ row }) => <Wait job={row.original} /> }),
  column.accessor('run_seconds', { header: 'Run', cell: ({ row }) => <Run job={row.original} /> }),
  column.accessor('created_at', {
    header: 'Created',
    cell: ({ row }) => <Ago time={row.original.created_at} className="text-soft" />,
  }),
]);

export interface Layout {
  grid: string;
  select: string;
  cell: Record<string, string>;
}

const GRID = 'grid items-center gap-x-4 px-4';

/** By the room that the table has, which the pane beside it may take: with less of it, fewer columns. */
const WIDE: Layout = {
  grid: `${GRID} grid-cols-[16px_112px_minmax(150px,1.2fr)_88px_minmax(160px,2fr)_minmax(90px,1fr)_60px_68px_68px_72px] @max-[1080px]:grid-cols-[16px_112px_minmax(150px,1.2fr)_88px_minmax(140px,2fr)_68px_68px_72px] @max-[860px]:grid-cols-[16px_108px_minmax(120px,1.2fr)_84px_minmax(100px,2fr)_72px]`,
  select: 'relative z-10 flex items-center',
  cell: {
    task: 'min-w-0',
    happening: 'min-w-0',
    tags: 'min-w-0 @max-[1080px]:hidden',
    attempt: 'num text-right @max-[1080px]:hidden',
    wait_seconds: 'num text-right @max-[860px]:hidden',
    run_seconds: 'num text-right @max-[860px]:hidden',
    created_at: 'num text-right',
  },
};

/** Two lines a row. */
const NARROW: Layout = {
  grid: `${GRID} grid-cols-[16px_1fr_auto] gap-y-0.5 content-center`,
  select: 'relative z-10 row-span-2 flex items-center',
  cell: {
    state: 'order-3 text-xs',
    task: 'min-w-0 order-1',
    priority: 'order-4 justify-self-end text-xs',
    happening: 'hidden',
    tags: 'hidden',
    attempt: 'hidden',
    wait_seconds: 'hidden',
    run_seconds: 'hidden',
    created_at: 'num text-right order-2',
  },
};

export const layoutOf = (narrow: boolean): Layout => (narrow ? NARROW : WIDE);

const Nothing = () => <span className="text-faint">–</span>;

function TaskCell({ job }: { job: JobSummary }) {
  return (
    <Link
      to="/jobs/$jobId"
      params={{ jobId: job.id }}
      title={job.id}
      data-row
      className="block truncate rounded-sm font-[540] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {job.task}
    </Link>
  );
}

/** The one thing worth telling about a job in its state. */
function Happening({ job }: { job: JobSummary }) {
  const now = useNow();
  if (job.state === 'running') return <Running job={job} />;
  if (job.state === 'retrying') {
    return (
      <span className="block truncate text-xs text-soft" title={job.error?.message}>
        <span className="num text-retry">next try in {ticking((Date.parse(job.run_at) - now) / 1000)}</span>
        {job.error && ` · ${job.error.type}`}
      </span>
    );
  }
  if (job.state === 'scheduled') {
    return (
      <span className="num block truncate text-xs text-soft">
        starts in {ticking((Date.parse(job.run_at) - now) / 1000)}
      </span>
    );
  }
  if (job.held)
    return (
      <span className="block truncate text-xs text-retry">
        held by a limit{job.concurrency_key && <span className="text-soft"> of {job.concurrency_key}</span>}
      </span>
    );
  if (job.error && job.state !== 'succeeded') {
    return (
      <span className="block truncate text-xs text-soft" title={`${job.error.type}: ${job.error.message}`}>
        <span className={job.state === 'failed' ? 'font-[540] text-fail' : ''}>{job.error.type}</span>{' '}
        {job.error.message}
      </span>
    );
  }
  return null;
}

function Running({ job }: { job: JobSummary }) {
  if (!job.progress)
    return <span className="block truncate text-xs text-faint">{job.worker ?? 'running'}</span>;
  const { percent, message } = job.progress;
  return (
    <span className="flex items-center gap-2.5">
      <span className="w-20 flex-none">
        <ProgressBar progress={job.progress} thin />
      </span>
      {percent !== null && (
        <span className="num w-9 flex-none text-right text-xs whitespace-nowrap text-soft">
          {Math.round(percent)} %
        </span>
      )}
      {message && <span className="truncate text-xs text-faint">{message}</span>}
    </span>
  );
}

const Tags = ({ tags }: { tags: string[] }) =>
  tags.length === 0 ? null : (
    // The first keeps its width; what room is left is the second's.
    <span
      className="flex items-center gap-1 overflow-hidden *:min-w-0 *:first:flex-none"
      title={tags.join(', ')}
    >
      {tags.slice(0, 2).map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
      {tags.length > 2 && <span className="!flex-none text-2xs text-faint">+{tags.length - 2}</span>}
    </span>
  );

function Wait({ job }: { job: JobSummary }) {
  const now = useNow();
  const since = waitsSince(job);
  if (since !== null) return <span className="text-soft">{ticking((now - Date.parse(since)) / 1000)}</span>;
  return job.wait_seconds === null ? <Nothing /> : span(job.wait_seconds);
}

function Run({ job }: { job: JobSummary }) {
  const now = useNow();
  if (job.state === 'running' && job.started_at)
    return <span className="text-run">{ticking((now - Date.parse(job.started_at)) / 1000)}</span>;
  return job.run_seconds === null ? <Nothing /> : span(job.run_seconds);
}
