import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback } from 'react';
import { RANGE_OPTIONS, type Range } from '@/features/overview/api';
import { FinishedSparkline, ThroughputPanel, WaitPanel } from '@/features/overview/HistoryPanels';
import { useSubmitBatch } from '@/features/jobs/api';
import { FailuresBox } from '@/features/jobs/FailuresBox';
import { JobsPanel } from '@/features/jobs/JobsPanel';
import { demoJobs } from '@/features/jobs/demo';
import { PriorityDemo } from '@/features/jobs/PriorityDemo';
import { LANES_PANEL_HEIGHT } from '@/features/lanes/panelHeight';
import { queuesQuery } from '@/features/queues/api';
import { QueueCard } from '@/features/queues/QueueCard';
import { WorkersStrip } from '@/features/workers/WorkersStrip';
import { asProblem } from '@/shared/api/problem';
import { PRIORITIES } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { Icon } from '@/shared/ui/Icon';
import { FailedToLoad } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { toast } from '@/shared/ui/toasts';
import { View } from '../shell/Fallbacks';
import { Page } from '../shell/Page';

const EVERY = {};

const LanesPanel = lazy(() => import('@/features/lanes/LanesPanel'));

export default function OverviewRoute() {
  const { range = '1h', demo } = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const queues = useQuery(queuesQuery());
  const submit = useSubmitBatch();
  const show = (next: { range?: Range; demo?: string }) =>
    void navigate({ search: (held) => ({ ...held, ...next }), replace: true });
  const open = useCallback(
    (jobId: string) => void navigate({ to: '/jobs/$jobId', params: { jobId } }),
    [navigate],
  );
  const runDemo = () =>
    submit.mutate(demoJobs(), {
      onSuccess: ({ batch_id }) => show({ demo: batch_id }),
      onError: (error) => toast.refused('The demo was not submitted', asProblem(error).message),
    });
  return (
    <Page
      title="Overview"
      beside={
        <Choice
          label="Time range of the charts"
          options={RANGE_OPTIONS}
          value={range}
          onChange={(next) => show({ range: next })}
        />
      }
      actions={
        <>
          <Button icon="play" busy={submit.isPending} onClick={runDemo}>
            Run the priority demo
          </Button>
          <Button kind="main" asChild className="max-md:hidden">
            <Link to="/submit">
              <Icon name="submit" />
              Submit a job
            </Link>
          </Button>
        </>
      }
    >
      {queues.error && !queues.data ? (
        <div className="panel">
          <FailedToLoad what="Queues" error={queues.error} retry={() => void queues.refetch()} compact />
        </div>
      ) : (
        <div className="grid grid-cols-3 gap-4 max-lg:grid-cols-1">
          {PRIORITIES.map((priority) => (
            <View key={priority}>
              <QueueCard
                priority={priority}
                queue={queues.data?.find(({ name }) => name === priority)}
                chart={<FinishedSparkline priority={priority} />}
              />
            </View>
          ))}
        </div>
      )}
      {demo && (
        <View>
          <PriorityDemo batchId={demo} close={() => show({ demo: undefined })} />
        </View>
      )}
      <View>
        <Suspense fallback={<LanesBlank />}>
          <LanesPanel open={open} more={<AllLanes />} />
        </Suspense>
      </View>
      <div className="grid grid-cols-[repeat(2,minmax(0,1.15fr))_minmax(0,1fr)] gap-4 max-xl:grid-cols-2 max-lg:grid-cols-1">
        <View>
          <ThroughputPanel range={range} />
        </View>
        <View>
          <WaitPanel range={range} />
        </View>
        <div className="flex min-w-0 flex-col *:flex-1 max-xl:order-1">
          <View>
            <FailuresBox />
          </View>
        </div>
        <div className="col-span-2 min-w-0 max-xl:order-3 max-lg:col-span-1">
          <View>
            <JobsPanel
              title="Recent jobs"
              filters={EVERY}
              shown={8}
              empty={{ title: 'No jobs yet', words: 'Run the priority demo, or submit one of your own.' }}
            />
          </View>
        </div>
        <div className="min-w-0 max-xl:order-2">
          <View>
            <WorkersStrip />
          </View>
        </div>
      </div>
    </Page>
  );
}

const AllLanes = () => (
  <Link to="/lanes" className="rounded-sm text-xs text-soft hover:text-text">
    Zoom, table, trace
  </Link>
);

const LanesBlank = () => (
  <Panel title="Lanes" actions={<AllLanes />}>
    <div className="p-4" style={{ height: LANES_PANEL_HEIGHT }}>
      <div className="shimmer h-full" />
    </div>
  </Panel>
);
