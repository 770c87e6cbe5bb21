import { Link } from '@tanstack/react-router';
import type { JobState } from '@/shared/api/types';
import { Icon } from '@/shared/ui/Icon';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { Ago } from '@/shared/ui/Time';
import { useJobList } from './useJobList';

const SHOWN = 4;
const FAILED: { state: JobState[] } = { state: ['failed'] };

/** What failed last, and with what words. */
export function FailuresBox() {
  const { rows, error, refetch } = useJobList(FAILED, true);
  // A retried job is not a failure any more, though it stays in the list it was read with.
  const failed = rows
    ?.filter((job) => job.state === 'failed')
    .sort((a, b) => (b.finished_at ?? '').localeCompare(a.finished_at ?? ''));
  return (
    <Panel
      title="Failures"
      note="latest"
      actions={
        <Link to="/jobs" search={FAILED} className="rounded-sm text-xs text-soft hover:text-text">
          All failed
        </Link>
      }
    >
      {failed ? (
        failed.length > 0 ? (
          <ul className="divide-y divide-line">
            {failed.slice(0, SHOWN).map((job) => (
              <li
                key={job.id}
                className="relative grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 px-4 py-2 transition duration-(--quick) hover:bg-panel-2"
              >
                <Link
                  to="/jobs/$jobId"
                  params={{ jobId: job.id }}
                  className="truncate font-[560] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
                >
                  {job.error?.type ?? 'Failed'}
                </Link>
                <Ago time={job.finished_at ?? job.created_at} className="text-2xs leading-5 text-faint" />
                <span className="truncate text-xs text-soft">
                  {job.task}
                  {job.error?.message && ` · ${job.error.message}`}
                </span>
                {job.fingerprint && (
                  <Link
                    to="/errors/$fingerprint"
                    params={{ fingerprint: job.fingerprint }}
                    aria-label={`All errors like this ${job.error?.type}`}
                    title="All errors like this"
                    className="relative z-10 -my-1 justify-self-end rounded-sm p-1 text-faint hover:text-text"
                  >
                    <Icon name="errors" size={14} />
                  </Link>
                )}
              </li>
            ))}
          </ul>
        ) : (
          <Notice icon="ok" tone="text-ok" title="Nothing failed" compact>
            Jobs that fail for good are listed here.
          </Notice>
        )
      ) : error ? (
        <FailedToLoad what="Failures" error={error} retry={() => void refetch()} compact />
      ) : (
        <Skeleton rows={4} height={34} />
      )}
    </Panel>
  );
}
