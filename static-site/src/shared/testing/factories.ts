/** Values of the wire at a stage of their life, for tests. */
import type { Attempt, Job, JobState, JobSummary, TaskInfo } from '@/shared/api/types';

let made = 0;

const BY_STATE: Record<JobState, Partial<Job> & Pick<Job, 'allowed_actions'>> = {
  scheduled: { run_at: '2026-01-01T01:00:00Z', allowed_actions: ['cancel'] },
  queued: { allowed_actions: ['cancel'] },
  running: {
    attempt: 1,
    started_at: '2026-01-01T00:00:02Z',
    wait_seconds: 2,
    worker: 'worker-1',
    allowed_actions: ['cancel'],
  },
  retrying: { attempt: 1, run_at: '2026-01-01T00:01:00Z', allowed_actions: ['cancel'] },
  succeeded: {
    attempt: 1,
    started_at: '2026-01-01T00:00:02Z',
    finished_at: '2026-01-01T00:00:05Z',
    wait_seconds: 2,
    run_seconds: 3,
    result: { rows: 3 },
    allowed_actions: [],
  },
  failed: {
    attempt: 1,
    max_retries: 0,
    started_at: '2026-01-01T00:00:02Z',
    finished_at: '2026-01-01T00:00:05Z',
    error: {
      type: 'ValueError',
      message: 'rows must be positive',
      traceback: 'Traceback (most recent call last): ...',
      attempt: 1,
    },
    allowed_actions: ['retry'],
  },
  cancelled: { finished_at: '2026-01-01T00:00:05Z', allowed_actions: ['retry'] },
};

export function aJob(state: JobState, change: Partial<Job> = {}): Job {
  made += 1;
  return {
    id: `01940000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    task: 'data_export',
    priority: 'medium',
    state,
    celery_state: 'PENDING',
    params: { what: 'orders' },
    tags: [],
    source: null,
    batch_id: null,
    created_by: null,
    attempt: 0,
    max_retries: 3,
    timeout_seconds: null,
    progress: null,
    result: null,
    error: null,
    created_at: '2026-01-01T00:00:00Z',
    run_at: '2026-01-01T00:00:00Z',
    started_at: null,
    finished_at: null,
    cancel_requested_at: null,
    wait_seconds: null,
    run_seconds: null,
    worker: null,
    version: 1,
    ...BY_STATE[state],
    ...change,
  };
}

/** As lists and the feed carry it. */
export function aSummary(state: JobState, change: Partial<Job> = {}): JobSummary {
  const whole: Partial<Job> = aJob(state, change);
  delete whole.params;
  delete whole.result;
  // Taken away is exactly what a summary does not have.
  return whole as JobSummary;
}

export const anAttempt = (change: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  outcome: 'succeeded',
  started_at: '2026-01-01T00:00:02Z',
  finished_at: '2026-01-01T00:00:05Z',
  run_seconds: 3,
  worker: 'worker-1',
  error: null,
  retry_at: null,
  ...change,
});

export const aTask = (change: Partial<TaskInfo> = {}): TaskInfo => ({
  name: 'data_export',
  description: 'Exports a table.',
  params_schema: {
    type: 'object',
    properties: {
      rows: { type: 'integer', title: 'Rows', minimum: 1 },
      what: { type: 'string', title: 'What', default: 'orders' },
    },
    required: ['rows'],
  },
  defaults: { max_retries: 3, timeout_seconds: null, retry_backoff_max_seconds: 60 },
  workers: 1,
  ...change,
});
