import { expect, it } from 'vitest';
import { aJob, anAttempt } from '@/shared/testing/factories';
import { attemptsSeen, lifeSpans, secondsLeft, totalsOf } from './story';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const now = (seconds: number): number => Date.UTC(2026, 0, 1) + seconds * 1000;
const told = (spans: ReturnType<typeof lifeSpans>) => spans.map(({ kind, seconds }) => [kind, seconds]);

it('splits a finished job into wait and run', () => {
  const job = aJob('succeeded', { created_at: at(0), run_at: at(0), wait_seconds: 2 });

  expect(told(lifeSpans(job, [anAttempt({ started_at: at(2), finished_at: at(5) })], now(60)))).toEqual([
    ['wait', 2],
    ['run', 3],
  ]);
});

it('is told of a job that was tried once before its attempts were read, as it is told after', () => {
  const job = aJob('succeeded', {
    created_at: at(0),
    run_at: at(0),
    started_at: at(2),
    finished_at: at(5),
    wait_seconds: 2,
  });
  const attempts = [anAttempt({ started_at: at(2), finished_at: at(5) })];

  expect(lifeSpans(job, attemptsSeen(job), now(60))).toEqual(lifeSpans(job, attempts, now(60)));
  expect(attemptsSeen(aJob('queued'))).toEqual([]);
});

it('does not make a run that goes on of one that was lost, whose job waits again', () => {
  const lost = { attempt: 1, created_at: at(0), started_at: at(2) };

  expect(attemptsSeen(aJob('queued', lost))).toEqual([]);
  expect(attemptsSeen(aJob('running', lost))).toEqual([
    expect.objectContaining({ started_at: at(2), finished_at: null }),
  ]);
});

it('tells the back-off between two attempts from the wait for a slot after it', () => {
  const job = aJob('succeeded', { created_at: at(0), attempt: 2 });
  const attempts = [
    anAttempt({ attempt: 1, outcome: 'failed', started_at: at(1), finished_at: at(2), retry_at: at(6) }),
    anAttempt({ attempt: 2, started_at: at(7), finished_at: at(9) }),
  ];

  expect(told(lifeSpans(job, attempts, now(60)))).toEqual([
    ['wait', 1],
    ['run', 1],
    ['backoff', 4],
    ['wait', 1],
    ['run', 2],
  ]);
});

it('keeps the last span of a running job open', () => {
  const job = aJob('running', { created_at: at(0), wait_seconds: 1 });
  const spans = lifeSpans(job, [anAttempt({ outcome: null, started_at: at(1), finished_at: null })], now(11));

  expect(spans.at(-1)).toMatchObject({ kind: 'run', seconds: 10, open: true });
});

it('calls the time before a scheduled job is due a delay, not a wait', () => {
  const job = aJob('scheduled', { created_at: at(0), run_at: at(100) });

  expect(told(lifeSpans(job, [], now(10)))).toEqual([['delay', 10]]);
});

it('counts only the failures before the last run as failed tries', () => {
  const job = aJob('failed', { created_at: at(0), attempt: 2 });
  const attempts = [
    anAttempt({ attempt: 1, outcome: 'lost', started_at: at(0), finished_at: at(1), retry_at: at(1) }),
    anAttempt({ attempt: 2, outcome: 'failed', started_at: at(1), finished_at: at(3) }),
  ];
  const totals = totalsOf(lifeSpans(job, attempts, now(9)));

  expect(totals.failedRuns).toHaveLength(1);
  expect(totals.lastRun?.attempt).toBe(2);
});

it('counts every try of a job that backs off as failed', () => {
  const job = aJob('retrying', { created_at: at(0), run_at: at(20) });
  const attempts = [
    anAttempt({ outcome: 'failed', started_at: at(1), finished_at: at(2), retry_at: at(20) }),
  ];
  const totals = totalsOf(lifeSpans(job, attempts, now(10)));

  expect(totals.failedRuns).toHaveLength(1);
  expect(totals.lastRun).toBeNull();
  expect(totals.backoff).toBe(8);
});

it('estimates what is left from the pace so far, and says nothing without a total', () => {
  expect(secondsLeft(100, 400, 10)).toEqual({ rate: 10, left: 30 });
  expect(secondsLeft(100, null, 10)).toBeNull();
  expect(secondsLeft(0, 400, 10)).toBeNull();
});
