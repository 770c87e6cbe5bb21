import { expect, it } from 'vitest';
import type { StatsPoint } from '@/shared/api/types';
import { failedPerMinute, finishedPerMinute, historyFrom } from './api';

const point = (at: string, change: Partial<StatsPoint>): StatsPoint => ({
  at,
  submitted: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  retried: 0,
  wait_p50_seconds: null,
  wait_p95_seconds: null,
  wait_p99_seconds: null,
  run_p50_seconds: null,
  run_p95_seconds: null,
  oldest_wait_seconds: null,
  ...change,
});

it('counts a bucket in which nothing happened as zero, and knows priorities that have no series', () => {
  const history = historyFrom({
    from: '2026-01-01T00:00:30Z',
    to: '2026-01-01T00:03:30Z',
    bucket_seconds: 60,
    series: [{ key: 'high', points: [point('2026-01-01T00:01:00Z', { succeeded: 4, failed: 1 })] }],
  });

  expect(history.at).toHaveLength(4);
  expect(finishedPerMinute(history, 'high')).toEqual([0, 5, 0, 0]);
  expect(finishedPerMinute(history, 'low')).toEqual([0, 0, 0, 0]);
  expect(failedPerMinute(history)).toEqual([0, 1, 0, 0]);
});

it('turns longer buckets into a rate per minute', () => {
  const history = historyFrom({
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-01T00:15:00Z',
    bucket_seconds: 900,
    series: [{ key: 'low', points: [point('2026-01-01T00:00:00Z', { succeeded: 30 })] }],
  });

  expect(finishedPerMinute(history, 'low')).toEqual([2]);
});
