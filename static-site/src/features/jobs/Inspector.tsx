import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job, TaskInfo } from '@/shared/api/types';
import { isGone } from '@/shared/api/problem';
import { shortId } from '@/shared/format/format';
import { Button, IconButton } from '@/shared/ui/Button';
import { DataPanel } from '@/shared/ui/DataPanel';
import { Icon } from '@/shared/ui/Icon';
import { PriorityLabel, StateBadge } from '@/shared/ui/labels';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { jobQuery } from './api';
import { Acts } from './page/Acts';
import { ProgressLine } from './page/ProgressLine';
import { Facts } from './page/Side';
import { WaitingPanel } from './page/WaitingPanel';

interface InspectorProps {
  id: string;
  tasks: TaskInfo[];
  close: () => void;
}

/** One job beside the list: what it is, what may be done to it, and the way to its page. */
export function Inspector({ id, tasks, close }: InspectorProps) {
  const { data: job, error, refetch } = useQuery(jobQuery(id));
  const gone = isGone(error);
  return (
    <aside
      aria-label="Job"
      className="panel flex w-[clamp(320px,30%,460px)] flex-none flex-col overflow-hidden"
      onKeyDown={(event) => {
        const inside = event.target instanceof Node && event.currentTarget.contains(event.target);
        if (event.key === 'Escape' && inside && !event.defaultPrevented) close();
      }}
    >
      <header className="flex min-h-11 items-center gap-2.5 border-b border-line py-1.5 pr-2 pl-4">
        {job && !gone && <h2 className="min-w-0 truncate text-sm font-semibold">{job.task}</h2>}
        <span className="ml-auto flex flex-none items-center">
          <Button kind="quiet" asChild>
            <Link to="/jobs/$jobId" params={{ jobId: id }}>
              Open page
              <Icon name="chevron" size={12} />
            </Link>
          </Button>
          <IconButton icon="close" label="Close the pane" onClick={close} />
        </span>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={-1}>
        {gone ? (
          <Notice icon="search" title="There is no such job" compact>
            It may have been removed.
          </Notice>
        ) : job ? (
          <Body job={job} task={tasks.find(({ name }) => name === job.task)} close={close} />
        ) : error ? (
          <FailedToLoad what="The job" error={error} retry={() => void refetch()} compact />
        ) : (
          <Skeleton rows={6} />
        )}
      </div>
    </aside>
  );
}

/** The sheets of the job's page, one below the other: here the pane is the glass. */
const Body = ({ job, task, close }: { job: Job; task?: TaskInfo; close: () => void }) => (
  <div className="flex flex-col divide-y divide-line *:!rounded-none *:!border-x-0 *:!bg-transparent *:!shadow-none">
    <div className="flex flex-wrap items-center gap-2 px-4 py-3">
      <p className="flex basis-full items-center gap-4">
        <StateBadge state={job.state} />
        <PriorityLabel priority={job.priority} />
        <span className="ml-auto font-mono text-2xs text-faint" title={job.id}>
          {shortId(job.id)}
        </span>
      </p>
      <Acts key={job.id} job={job} task={task} onDeleted={close} />
    </div>
    {job.state === 'running' && (
      <div className="px-4 py-3">
        <ProgressLine job={job} />
      </div>
    )}
    {job.error && (
      <div className="px-4 py-3 text-xs">
        <p className="font-[560] text-fail">{job.error.type}</p>
        <p className="mt-0.5 wrap-anywhere text-soft">{job.error.message}</p>
      </div>
    )}
    {job.finished_at === null && job.state !== 'running' && <WaitingPanel job={job} />}
    <DataPanel title="Params" value={job.params} empty="Submitted without params." />
    {job.state === 'succeeded' && (
      <DataPanel title="Result" value={job.result} empty="It returned nothing." />
    )}
    <Facts job={job} />
  </div>
);
