import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { RANGE_OPTIONS } from '@/features/overview/api';
import { QueueWaitPanel } from '@/features/overview/HistoryPanels';
import { queuesQuery } from '@/features/queues/api';
import { QueuesTable } from '@/features/queues/QueuesTable';
import { PRIORITIES } from '@/shared/api/types';
import { Choice } from '@/shared/ui/Choice';
import { FailedToLoad } from '@/shared/ui/notices';
import { View } from '../shell/Fallbacks';
import { Page } from '../shell/Page';

export default function QueuesRoute() {
  const { range = '1h' } = useSearch({ from: '/shell/queues' });
  const navigate = useNavigate({ from: '/queues' });
  const { data, error, refetch } = useQuery(queuesQuery());
  return (
    <Page
      title="Queues"
      beside={
        <Choice
          label="Time range of the charts"
          options={RANGE_OPTIONS}
          value={range}
          onChange={(next) => void navigate({ search: { range: next }, replace: true })}
        />
      }
    >
      {error && !data ? (
        <div className="panel">
          <FailedToLoad what="Queues" error={error} retry={() => void refetch()} compact />
        </div>
      ) : (
        <View>
          <QueuesTable queues={data} />
        </View>
      )}
      <div className="grid grid-cols-3 gap-4 max-xl:grid-cols-2 max-lg:grid-cols-1">
        {PRIORITIES.map((priority) => (
          <View key={priority}>
            <QueueWaitPanel priority={priority} range={range} />
          </View>
        ))}
      </div>
    </Page>
  );
}
