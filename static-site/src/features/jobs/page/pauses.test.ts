import { expect, it } from 'vitest';
import { aJob, anAttempt } from '@/shared/testing/factories';
import { pausesOf } from './pauses';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0) + seconds * 1000).toISOString();
const failed = (attempt: number, end: number, again: number | null) =>
  anAttempt({
    attempt,
    outcome: 'failed',
    started_at: at(end),
    finished_at: at(end),
    retry_at: again === null ? null : at(again),
  });

it('is a pause for each attempt that was tried again', () => {
  const attempts = [failed(1, 10, 11), failed(2, 12, 14), failed(3, 15, null)];

  expect(pausesOf(aJob('failed'), attempts, Date.UTC(2026, 0))).toEqual([
    { after: 1, seconds: 1, over: 1 },
    { after: 2, seconds: 2, over: 1 },
  ]);
});

it('ends when the next attempt began that a person had run sooner', () => {
  const attempts = [failed(1, 10, 60), { ...failed(2, 16, null), started_at: at(15) }];

  expect(pausesOf(aJob('failed'), attempts, 0)).toEqual([{ after: 1, seconds: 5, over: 1 }]);
});

it('tells how much of the pause is over that is going on', () => {
  const job = aJob('retrying', { run_at: at(20) });
  const pauses = pausesOf(job, [failed(1, 10, 11), failed(2, 12, 20)], Date.UTC(2026, 0) + 14_000);

  expect(pauses.at(-1)).toEqual({ after: 2, seconds: 8, over: 0.25 });
});

it('has none where nothing was tried again', () => {
  expect(pausesOf(aJob('succeeded'), [anAttempt()], 0)).toEqual([]);
});
