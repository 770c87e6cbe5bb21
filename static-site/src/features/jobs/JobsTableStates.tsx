/** What stands in or below the table when it is empty, loads, or has more. */
import { Button, Spinner } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { Notice } from '@/shared/ui/notices';

export function Foot({
  loading,
  failed,
  more,
  load,
}: {
  loading: boolean;
  failed: boolean;
  more: boolean;
  load: () => void;
}) {
  if (!more) return null;
  return (
    <div className="flex h-14 items-center justify-center gap-2 text-xs text-faint">
      {loading ? (
        <>
          <Spinner /> Loading more
        </>
      ) : (
        <Button kind="quiet" icon={failed ? 'retry' : 'down'} onClick={load}>
          {failed ? 'Could not load more. Try again' : 'Load more'}
        </Button>
      )}
    </div>
  );
}

export const NoJobs = ({ filtered, clear }: { filtered: boolean; clear: () => void }) =>
  filtered ? (
    <Notice
      icon="filter"
      title="No job matches"
      action={
        <Button icon="close" onClick={clear}>
          Clear filters
        </Button>
      }
    >
      Jobs that come to match show up here by themselves.
    </Notice>
  ) : (
    <Notice icon="jobs" title="No jobs yet">
      Submit one, and it appears here at once.
    </Notice>
  );

export function LoadingRows({ height }: { height: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: 12 }, (_, row) => (
        <div key={row} className="flex items-center gap-6 border-b border-line px-4" style={{ height }}>
          <Icon name="queued" className="text-faint opacity-40" />
          <span className="shimmer h-3.5 w-40" />
          <span className="shimmer h-3.5 w-16" />
          <span className="shimmer h-3.5" style={{ width: `${40 - ((row * 7) % 22)}%` }} />
        </div>
      ))}
    </div>
  );
}
