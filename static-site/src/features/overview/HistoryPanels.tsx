import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { PRIORITIES, type Priority } from '@/shared/api/types';
import { FailedToLoad, Notice } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { failedPerMinute, finishedPerMinute, historyQuery, type History, type Range } from './api';
import { Sparkline } from './Sparkline';

const ThroughputChart = lazy(() => import('./ThroughputChart'));
const WaitChart = lazy(() => import('./WaitChart'));

const HEIGHT = 216;

export function ThroughputPanel({ range }: { range: Range }) {
  return (
    <HistoryPanel
      title="Finished per minute"
      range={range}
      colours={<ChartKey failed />}
      isEmpty={(history) =>
        PRIORITIES.every((priority) => finishedPerMinute(history, priority).every((value) => value === 0))
      }
      empty="Nothing finished in this time"
    >
      {(history) => <ThroughputChart history={history} height={HEIGHT} />}
    </HistoryPanel>
  );
}

export function WaitPanel({ range }: { range: Range }) {
  return (
    <HistoryPanel
      title="Wait, p95"
      range={range}
      note="log scale"
      colours={<ChartKey />}
      isEmpty={(history) =>
        PRIORITIES.every((priority) =>
          history.byPriority[priority].every(
            (point) => !point?.wait_p95_seconds && point?.wait_p95_seconds !== 0,
          ),
        )
      }
      empty="No job started in this time"
    >
      {(history) => <WaitChart history={history} height={HEIGHT} />}
    </HistoryPanel>
  );
}

interface HistoryPanelProps {
  title: string;
  range: Range;
  note?: string;
  colours: ReactNode;
  isEmpty: (history: History) => boolean;
  empty: string;
  children: (history: History) => ReactNode;
}

function HistoryPanel({ title, range, note, colours, isEmpty, empty, children }: HistoryPanelProps) {
  const { data, error, refetch } = useQuery(historyQuery(range));
  const waiting = <div className="shimmer m-4" style={{ height: HEIGHT - 32 }} />;
  return (
    <Panel title={title} note={note} actions={colours}>
      <div style={{ height: HEIGHT }}>
        {!data && error ? (
          <FailedToLoad what={title} error={error} retry={() => void refetch()} compact />
        ) : !data ? (
          waiting
        ) : isEmpty(data) ? (
          <Notice icon="overview" title={empty} compact>
            The chart fills as jobs run.
          </Notice>
        ) : (
          <Suspense fallback={waiting}>{children(data)}</Suspense>
        )}
      </div>
    </Panel>
  );
}

const ChartKey = ({ failed = false }: { failed?: boolean }) => (
  <ul className="flex gap-3 text-2xs text-soft" aria-label="Colours">
    {PRIORITIES.map((priority) => (
      <li key={priority} className="flex items-center gap-1.5">
        <i className="size-2.5 rounded-[3px]" style={{ background: PRIORITY_LOOK[priority].colour }} />
        {priority}
      </li>
    ))}
    {failed && (
      <li className="flex items-center gap-1.5 text-fail">
        <i className="h-0.5 w-3 bg-fail" />
        failed
      </li>
    )}
  </ul>
);

export function FinishedSparkline({ priority }: { priority: Priority }) {
  const { data } = useQuery(historyQuery('1h'));
  if (!data) return null;
  return (
    <Sparkline
      values={finishedPerMinute(data, priority)}
      colour={PRIORITY_LOOK[priority].colour}
      label={`${PRIORITY_LOOK[priority].label}: finished per minute in the last hour`}
    />
  );
}

export function FailedSparkline() {
  const { data } = useQuery(historyQuery('1h'));
  return data ? (
    <Sparkline
      values={failedPerMinute(data)}
      colour="var(--fail)"
      label="Failures per minute in the last hour"
    />
  ) : null;
}
