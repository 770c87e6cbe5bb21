/** The pauses between the attempts of a job, as its back-off curve shows them. Pure. */
import type { Attempt, JobSummary, Outcome } from '@/shared/api/types';

export interface Pause {
  /** The attempt that failed before it. */
  after: number;
  seconds: number;
  /** How much of it is over, from 0 to 1. */
  over: number;
}

/** In the order in which they were taken; the last one is going on while the job backs off. `now` in milliseconds. */
export function pausesOf(job: JobSummary, attempts: Attempt[], now: number): Pause[] {
  const last = attempts.at(-1)?.attempt;
  return attempts.flatMap(({ attempt, finished_at, retry_at }, index) => {
    if (finished_at === null || retry_at === null) return [];
    const isNow = job.state === 'retrying' && attempt === last;
    const start = Date.parse(finished_at);
    // A person may have had it run sooner.
    const next = attempts[index + 1]?.started_at;
    const end = Math.min(Date.parse(isNow ? job.run_at : retry_at), next ? Date.parse(next) : Infinity);
    const length = Math.max(0, end - start);
    const over = !isNow || length === 0 ? 1 : Math.min(1, Math.max(0, (now - start) / length));
    return [{ after: attempt, seconds: length / 1000, over }];
  });
}

/** Those that leave a job its retries: it is given back to its queue, and no person has a hand in it. */
const GIVEN_BACK: (Outcome | null)[] = ['lost', 'interrupted', null];

/** How many of its retries a job has used: it has them all again when a person retries it after its end. */
export function retriesUsed(attempts: Attempt[]): number {
  const end = attempts.findLastIndex(
    ({ outcome, retry_at }) => retry_at === null && !GIVEN_BACK.includes(outcome),
  );
  return attempts.slice(end + 1).filter(({ retry_at }) => retry_at !== null).length;
}
