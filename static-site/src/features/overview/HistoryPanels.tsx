import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { PRIORITIES, type Priority } from '@/shared/api/types';
import { FailedToLoad, Notice } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import {
  failedPerMinute,
  finishedPerMinute,
  historyQuery,
  PERCENTILES,
  waitOf,
  type History,
  type Percentile,
  type Range,
} from './api';
import { Sparkline } from './Sparkline';

const ThroughputChart = lazy(() => import('./ThroughputChart'));
const QueueWaitChart = lazy(() => import('./QueueWaitChart'));
const WaitChart = lazy(() => import('./WaitChart'));

const HEIGHT = 216;

export function ThroughputPanel({ range }: { range: Range }) {
  return (
    <HistoryPanel
      title="Finished per minute"
      range={range}
      colours={<ChartKey more={<FailedKey />} />}
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
  const [percentile, setPercentile] = useState<Percentile>('p95');
  return (
    <HistoryPanel
      title="Wait"
      range={range}
      colours={
        <>
          <select
            aria-label="Percentile of the waits"
            className="min-h-6 rounded-sm border border-line-2 bg-panel px-1 text-xs text-soft"
            value={percentile}
            onChange={({ target }) => setPercentile(PERCENTILES.find((one) => one === target.value) ?? 'p95')}
          >
            {PERCENTILES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
          <ChartKey more={<OldestKey />} />
        </>
      }
      isEmpty={(history) => PRIORITIES.every((priority) => hasNoWait(history, priority))}
      empty="No job waited in this time"
    >
      {(history) => <WaitChart history={history} percentile={percentile} height={HEIGHT} />}
    </HistoryPanel>
  );
}

/** Nothing started that had waited, and nothing waits. */
const hasNoWait = (history: History, priority: Priority): boolean =>
  history.byPriority[priority].every(
    (point) => waitOf(point, 'p95') === null && (point?.oldest_wait_seconds ?? null) === null,
  );

/** One queue: a histogram of waits sees only what started, so its age stands beside it. */
export function QueueWaitPanel({ priority, range }: { priority: Priority; range: Range }) {
  const look = PRIORITY_LOOK[priority];
  return (
    <HistoryPanel
      title={`${look.label}: wait and oldest`}
      range={range}
      note="log scale"
      colours={<LineKey colour={look.colour} />}
      isEmpty={(history) => hasNoWait(history, priority)}
      empty="No job waited in this time"
    >
      {(history) => <QueueWaitChart history={history} priority={priority} height={HEIGHT} />}
    </HistoryPanel>
  );
}

/** The strokes of `QueueWaitChart`, as it draws them. */
const STROKES = [
  { word: 'oldest', dash: '5 4', width: 1.75, opacity: 1 },
  { word: 'p99', dash: '1 3', width: 1.25, opacity: 1 },
  { word: 'p95', dash: undefined, width: 1.75, opacity: 1 },
  { word: 'p50', dash: undefined, width: 1.75, opacity: 0.5 },
];

const LineKey = ({ colour }: { colour: string }) => (
  <ul className="flex gap-3 text-2xs text-soft" aria-label="Lines">
    {STROKES.map(({ word, dash, width, opacity }) => (
      <li key={word} className="flex items-center gap-1.5">
        <svg width="18" height="4" aria-hidden="true">
          <line
            x1="0"
            y1="2"
            x2="18"
            y2="2"
            stroke={colour}
            strokeWidth={width}
            strokeDasharray={dash}
            opacity={opacity}
          />
        </svg>
        {word}
      </li>
    ))}
  </ul>
);

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
  const waiting = (
    <div className="h-full p-4">
      <div className="shimmer h-full" />
    </div>
  );
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

const ChartKey = ({ more }: { more: ReactNode }) => (
  <ul className="flex gap-3 text-2xs text-soft" aria-label="Colours">
    {PRIORITIES.map((priority) => (
      <li key={priority} className="flex items-center gap-1.5">
        <i className="size-2.5 rounded-[3px]" style={{ background: PRIORITY_LOOK[priority].colour }} />
        {priority}
      </li>
    ))}
    {more}
  </ul>
);

const FailedKey = () => (
  <li className="flex items-center gap-1.5 text-fail">
    <i className="h-0.5 w-3 bg-fail" />
    failed
  </li>
);

const OldestKey = () => (
  <li className="flex items-center gap-1.5" title="How long the oldest had waited that did not start">
    <i className="w-3.5 border-t-2 border-dashed border-current" />
    oldest
  </li>
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
