/** What is said of lanes that are being read, could not be, or show nothing; and of those that are shown. */
import { useMemo, type ReactNode } from 'react';
import { useNow } from '@/shared/format/clock';
import { plural } from '@/shared/format/format';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { viewOf, type Camera } from './camera';
import { useSeen } from './seen';
import { overtaking, type Timeline } from './timeline';
import { overtakingWords, preciseTime } from './words';

interface LanesReadProps {
  data: Timeline | undefined;
  error: unknown;
  refetch: () => void;
  compact?: boolean;
  children: (timeline: Timeline) => ReactNode;
}

export function LanesRead({ data, error, refetch, compact, children }: LanesReadProps) {
  if (!data)
    return error ? (
      <FailedToLoad what="Lanes" error={error} retry={refetch} compact={compact} />
    ) : (
      <Skeleton rows={4} height={36} />
    );
  return (
    <>
      {error != null && (
        <p role="alert" className="border-b border-line px-4 py-2 text-xs text-fail">
          This span could not be read; what is shown is older.{' '}
          <button type="button" className="rounded-sm underline" onClick={refetch}>
            Try again
          </button>
        </p>
      )}
      {children(data)}
    </>
  );
}

/** Says of an empty canvas that it is right. The canvas stays, so that one can go on to another span. */
export function Silence({ timeline, camera }: { timeline: Timeline; camera: Camera }) {
  const seen = useSeen(timeline, camera);
  if (timeline.lanes.length === 0)
    return (
      <div className="pointer-events-none absolute inset-0 top-6">
        <Notice icon="workers" title="No worker was seen in this span" compact>
          A slot of a worker is a lane. Jobs are kept and wait until one starts.
        </Notice>
      </div>
    );
  if (seen.length > 0 || timeline.completeFrom !== null) return null;
  return (
    <p className="pointer-events-none absolute inset-x-0 bottom-5 text-center text-xs text-soft">
      Nothing ran in this span
    </p>
  );
}

export function Note({ timeline, camera }: { timeline: Timeline; camera: Camera }) {
  const seen = useSeen(timeline, camera);
  const now = useNow();
  const view = viewOf(camera, now);
  const workers = new Set(timeline.lanes.map(({ workerId }) => workerId)).size;
  const { completeFrom } = timeline;
  const told = useMemo(() => overtakingWords(overtaking(seen)), [seen]);
  return (
    <>
      <span className="max-sm:hidden">
        {plural(timeline.lanes.length, 'slot')} on {plural(workers, 'worker')} ·{' '}
      </span>
      {plural(seen.length, 'run')}
      {told && <strong className="font-[560] text-high"> · {told}</strong>}
      {completeFrom !== null && completeFrom > view.start && (
        <span className="text-retry">
          {' '}
          · more ran before {preciseTime(completeFrom)} than can be shown: zoom in there
        </span>
      )}
    </>
  );
}
