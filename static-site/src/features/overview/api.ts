/** History in buckets, for charts. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { serverNow } from '@/shared/format/clock';
import { PRIORITIES, type Priority, type Stats, type StatsPoint } from '@/shared/api/types';

export const RANGES = {
  '15m': { label: '15 min', seconds: 900, bucket: 60 },
  '1h': { label: '1 h', seconds: 3_600, bucket: 60 },
  '24h': { label: '24 h', seconds: 86_400, bucket: 900 },
} as const;

export type Range = keyof typeof RANGES;

export const RANGE_OPTIONS = (['15m', '1h', '24h'] as const satisfies readonly Range[]).map((value) => ({
  value,
  label: RANGES[value].label,
}));

export interface History {
  bucketSeconds: number;
  /** Starts of the buckets in epoch seconds, the same for all priorities. */
  at: number[];
  byPriority: Record<Priority, (StatsPoint | null)[]>;
}

export const historyQuery = (range: Range) =>
  queryOptions({
    queryKey: ['stats', 'priority', range],
    queryFn: async ({ signal }): Promise<History> => {
      const { seconds, bucket } = RANGES[range];
      const to = serverNow();
      const query = {
        from: new Date(to - seconds * 1000).toISOString(),
        to: new Date(to).toISOString(),
        bucket,
        by: 'priority' as const,
      };
      return historyFrom(await read(api().GET('/api/v1/stats', { params: { query }, signal })));
    },
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  });

/** One row of buckets for all series; a bucket in which nothing happened counts as zero. */
export function historyFrom(stats: Stats): History {
  const bucketSeconds = stats.bucket_seconds;
  const first = Math.floor(Date.parse(stats.from) / 1000 / bucketSeconds) * bucketSeconds;
  const last = Math.floor((Date.parse(stats.to) / 1000 - 1) / bucketSeconds) * bucketSeconds;
  const at = Array.from(
    { length: Math.max(0, (last - first) / bucketSeconds + 1) },
    (_, index) => first + index * bucketSeconds,
  );
  const series = (priority: Priority): (StatsPoint | null)[] => {
    const points = stats.series.find(({ key }) => key === priority)?.points ?? [];
    const known = new Map(
      points.map((point) => [Math.floor(Date.parse(point.at) / 1000 / bucketSeconds) * bucketSeconds, point]),
    );
    return at.map((bucket) => known.get(bucket) ?? null);
  };
  const [high, medium, low] = PRIORITIES.map(series);
  return { bucketSeconds, at, byPriority: { high: high ?? [], medium: medium ?? [], low: low ?? [] } };
}

export const PERCENTILES = ['p50', 'p95', 'p99'] as const;
export type Percentile = (typeof PERCENTILES)[number];

/** How long jobs had waited that started in a bucket. */
export const waitOf = (point: StatsPoint | null, percentile: Percentile): number | null =>
  point?.[`wait_${percentile}_seconds`] ?? null;

export const finishedIn = (point: StatsPoint | null): number =>
  point ? point.succeeded + point.failed + point.cancelled : 0;

/** Finished per minute in each bucket. */
export const finishedPerMinute = (history: History, priority: Priority): number[] =>
  history.byPriority[priority].map((point) => (finishedIn(point) * 60) / history.bucketSeconds);

export const failedPerMinute = (history: History): number[] =>
  history.at.map(
    (_, index) =>
      PRIORITIES.reduce((sum, priority) => sum + (history.byPriority[priority][index]?.failed ?? 0) * 60, 0) /
      history.bucketSeconds,
  );
