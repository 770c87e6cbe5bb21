/** A job's life told as spans on one line of time: delayed, waiting, running, backing off. Pure. */
import type { Attempt, JobState, JobSummary, Outcome } from '@/shared/api/types';

export type SpanKind = 'delay' | 'wait' | 'run' | 'backoff';

export interface LifeSpan {
  kind: SpanKind;
  seconds: number;
  /** How a run ended; null while it runs. */
  outcome?: Outcome | null;
  attempt?: number;
  open: boolean;
}

const at = (time: string): number => Date.parse(time);

/** Less is the time between two clocks, not a delay that someone asked for. */
const NO_DELAY_MILLISECONDS = 50;

/** The spans in their order; the last one is open while the job is not at its end. `now` in milliseconds. */
export function lifeSpans(job: JobSummary, attempts: Attempt[], now: number): LifeSpan[] {
  const spans: LifeSpan[] = [];
  const add = (kind: SpanKind, from: number, to: number, rest: Partial<LifeSpan> = {}): void => {
    if (to > from || rest.open)
      spans.push({ kind, seconds: Math.max(0, to - from) / 1000, open: false, ...rest });
  };
  const runs = attempts.filter((run) => run.started_at !== null);
  let reached = at(job.created_at);
  let due = runs.length > 0 ? firstDue(job, runs) : at(job.run_at);
  for (const run of runs) {
    const started = at(run.started_at ?? job.created_at);
    if (due - reached < NO_DELAY_MILLISECONDS) due = reached;
    idle(add, reached, due, started, spans.length === 0);
    const ended = run.finished_at ? at(run.finished_at) : Math.max(now, started);
    add('run', started, ended, {
      outcome: run.outcome,
      attempt: run.attempt,
      open: run.finished_at === null,
    });
    reached = ended;
    due = run.retry_at ? at(run.retry_at) : ended;
  }
  const waits = job.state === 'scheduled' || job.state === 'queued' || job.state === 'retrying';
  if (waits) idleUntilNow(add, reached, Math.max(due, at(job.run_at)), now, runs.length === 0);
  else if (runs.length === 0 && job.finished_at) idle(add, reached, due, at(job.finished_at), true);
  return spans;
}

const OUTCOME_OF: Partial<Record<JobState, Outcome>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** What the job itself says of its latest attempt: all there is to tell of most jobs, before their attempts were read. */
export const attemptsSeen = (job: JobSummary): Attempt[] =>
  // One that backs off, or waits again after its slot was lost, does not say when its attempt ended.
  job.started_at === null || (job.state !== 'running' && job.finished_at === null)
    ? []
    : [
        {
          attempt: job.attempt,
          outcome: OUTCOME_OF[job.state] ?? null,
          started_at: job.started_at,
          finished_at: job.finished_at,
          run_seconds: job.run_seconds,
          worker: job.worker,
          error: job.error,
          fingerprint: job.fingerprint,
          retry_at: null,
        },
      ];

type Add = (kind: SpanKind, from: number, to: number, rest?: Partial<LifeSpan>) => void;

/** Between two runs a job first is not due (delayed, backing off), then due and waiting for a slot. */
function idle(add: Add, from: number, due: number, to: number, isFirst: boolean): void {
  const turn = Math.min(Math.max(from, due), to);
  add(isFirst ? 'delay' : 'backoff', from, turn);
  add('wait', turn, to);
}

function idleUntilNow(add: Add, from: number, due: number, now: number, isFirst: boolean): void {
  if (due > now) {
    add(isFirst ? 'delay' : 'backoff', from, now, { open: true });
    return;
  }
  add(isFirst ? 'delay' : 'backoff', from, Math.max(from, due));
  add('wait', Math.max(from, due), now, { open: true });
}

/** When the first run was due: a job that was tried once still says so, later `run_at` belongs to the retry. */
function firstDue(job: JobSummary, runs: Attempt[]): number {
  const started = at(runs[0]?.started_at ?? job.created_at);
  if (runs.length === 1 && job.wait_seconds !== null) return started - job.wait_seconds * 1000;
  return Math.min(at(job.run_at), started) > at(job.created_at) && runs.length === 1
    ? at(job.run_at)
    : at(job.created_at);
}

export interface Totals {
  delay: number;
  wait: number;
  run: number;
  backoff: number;
  failedRuns: LifeSpan[];
  backoffs: LifeSpan[];
  lastRun: LifeSpan | null;
}

export function totalsOf(spans: LifeSpan[]): Totals {
  const sum = (kind: SpanKind): number =>
    spans.reduce((total, one) => (one.kind === kind ? total + one.seconds : total), 0);
  const runs = spans.filter((one) => one.kind === 'run');
  // A job that waits again after its runs has them all behind it.
  const lastRun = spans.at(-1)?.kind === 'run' ? (runs.at(-1) ?? null) : null;
  return {
    delay: sum('delay'),
    wait: sum('wait'),
    run: sum('run'),
    backoff: sum('backoff'),
    failedRuns: runs.filter(
      (run) => run.outcome && run.outcome !== 'succeeded' && run.outcome !== 'cancelled' && run !== lastRun,
    ),
    backoffs: spans.filter((one) => one.kind === 'backoff'),
    lastRun,
  };
}

/** Units left at the pace so far, or null when nothing can be said. */
export function secondsLeft(
  done: number,
  total: number | null,
  runningSeconds: number,
): { rate: number; left: number } | null {
  if (total === null || done <= 0 || runningSeconds < 1 || done >= total) return null;
  const rate = done / runningSeconds;
  return { rate, left: (total - done) / rate };
}
