import { useQuery } from '@tanstack/react-query';
import { workersQuery } from '@/features/workers/api';
import { WorkersPage } from '@/features/workers/WorkersPage';
import { plural } from '@/shared/format/format';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Page } from '../shell/Page';

export default function WorkersRoute() {
  const { data, error, refetch } = useQuery(workersQuery());
  const slots = data?.filter(({ state }) => state === 'online').flatMap((worker) => worker.slots) ?? [];
  return (
    <Page
      title="Workers"
      beside={
        data && (
          <span className="num text-xs text-faint">
            {slots.filter(({ job }) => job).length} of {plural(slots.length, 'slot')} busy
          </span>
        )
      }
    >
      {data && data.length > 0 ? (
        <WorkersPage workers={data} />
      ) : (
        <div className="panel">
          {data ? (
            <Notice icon="workers" title="No worker is running">
              Jobs are kept and wait until one starts.
            </Notice>
          ) : error ? (
            <FailedToLoad what="Workers" error={error} retry={() => void refetch()} />
          ) : (
            <Skeleton rows={5} height={38} />
          )}
        </div>
      )}
    </Page>
  );
}
