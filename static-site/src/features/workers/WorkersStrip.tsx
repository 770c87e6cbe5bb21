import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNow } from '@/shared/format/clock';
import { plural, ticking } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { workersQuery, type WatchedWorker } from './api';
import { standingOf } from './standing';

const NAMED_JOBS = 4;

export function WorkersStrip() {
  const { data, error, refetch } = useQuery(workersQuery());
  const shown = data?.filter((worker) => worker.state !== 'stopped') ?? [];
  const slots = shown.flatMap((worker) => worker.slots);
  return (
    <Panel
      title="Workers"
      note={data && `${plural(slots.filter((slot) => slot.job).length, 'slot')} of ${slots.length} busy`}
      actions={
        <Link to="/workers" className="rounded-sm text-xs text-soft hover:text-text">
          All workers
        </Link>
      }
    >
      {data ? (
        shown.length > 0 ? (
          <ul className="divide-y divide-line">
            {shown.map((worker) => (
              <WorkerRow key={worker.id} worker={worker} />
            ))}
          </ul>
        ) : (
          <Notice icon="workers" title="No worker is running" compact>
            Jobs are kept and wait until one starts.
          </Notice>
        )
      ) : error ? (
        <FailedToLoad what="Workers" error={error} retry={() => void refetch()} compact />
      ) : (
        <Skeleton rows={2} height={36} />
      )}
    </Panel>
  );
}

function WorkerRow({ worker }: { worker: WatchedWorker }) {
  const age = Math.max(0, useNow() - worker.beat_at) / 1000;
  const busy = worker.slots.filter((slot) => slot.job).length;
  const standing = standingOf(worker, age);
  return (
    <li className="px-4 py-2.5">
      <div className="flex items-center gap-2">
        <span className={`size-[7px] flex-none rounded-full ${standing.dot}`} aria-hidden="true" />
        <span className="truncate font-[540]" title={`${worker.host}, process ${worker.pid}`}>
          {worker.name}
        </span>
        {standing.word !== 'online' && <span className={`text-xs ${standing.tone}`}>{standing.word}</span>}
        <span className="num ml-auto text-xs whitespace-nowrap text-soft">
          {busy}/{worker.slots.length} busy
        </span>
        <span
          className="num w-24 text-right text-xs whitespace-nowrap text-faint"
          title="Age of the last heartbeat"
        >
          beat {ticking(age)} ago
        </span>
      </div>
      <ol
        className="mt-2 grid grid-cols-[repeat(auto-fit,minmax(22px,1fr))] gap-1"
        aria-label={`Slots of ${worker.name}`}
      >
        {worker.slots.map(({ slot, job }) => (
          <li key={slot} className="h-2.5 overflow-hidden rounded-[3px] bg-panel-3">
            {job && (
              <span
                className="block h-full rounded-[3px]"
                style={{ background: PRIORITY_LOOK[job.priority].colour }}
                title={`${job.task}, ${job.priority}`}
              />
            )}
            <span className="sr-only">
              {job ? `Slot ${slot}: ${job.task}, ${PRIORITY_LOOK[job.priority].label}` : `Slot ${slot}: free`}
            </span>
          </li>
        ))}
      </ol>
      <RunningNow worker={worker} />
    </li>
  );
}

/** What its slots do at this moment, the longest first. */
function RunningNow({ worker }: { worker: WatchedWorker }) {
  const now = useNow();
  const jobs = worker.slots
    .flatMap(({ job }) => job ?? [])
    .sort((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at));
  if (jobs.length === 0) return null;
  return (
    <ul className="num mt-1.5 flex flex-col text-xs leading-6">
      {jobs.slice(0, NAMED_JOBS).map((job) => (
        <li key={job.id} className="flex items-center gap-2">
          <Icon
            name={PRIORITY_LOOK[job.priority].icon}
            size={12}
            className={PRIORITY_LOOK[job.priority].tone}
          />
          <Link
            to="/jobs/$jobId"
            params={{ jobId: job.id }}
            className="truncate rounded-sm text-soft hover:text-text"
          >
            {job.task}
          </Link>
          <span className="ml-auto whitespace-nowrap text-faint">
            {ticking((now - Date.parse(job.started_at)) / 1000)}
          </span>
        </li>
      ))}
      {jobs.length > NAMED_JOBS && (
        <li className="text-2xs text-faint">and {jobs.length - NAMED_JOBS} more</li>
      )}
    </ul>
  );
}
