/** Values of the wire at a stage of their life, for tests. */
import type {
  Attempt,
  BulkAct,
  Job,
  JobHistogram,
  JobState,
  JobSummary,
  ErrorGroup,
  LaneRun,
  Lanes,
  Queue,
  SavedView,
  TaskInfo,
  Waiting,
  WholeErrorGroup,
  WholeSchedule,
  Worker,
} from '@/shared/api/types';

let made = 0;

const BY_STATE: Record<JobState, Partial<Job> & Pick<Job, 'allowed_actions'>> = {
  scheduled: { run_at: '2026-01-01T01:00:00Z', allowed_actions: ['cancel', 'run-now', 'priority'] },
  queued: { waits_since: '2026-01-01T00:00:00Z', allowed_actions: ['cancel', 'priority'] },
  running: {
    attempt: 1,
    started_at: '2026-01-01T00:00:02Z',
    wait_seconds: 2,
    worker: 'worker-1',
    allowed_actions: ['cancel'],
  },
  retrying: {
    attempt: 1,
    run_at: '2026-01-01T00:01:00Z',
    allowed_actions: ['cancel', 'run-now', 'priority'],
  },
  succeeded: {
    attempt: 1,
    started_at: '2026-01-01T00:00:02Z',
    finished_at: '2026-01-01T00:00:05Z',
    wait_seconds: 2,
    run_seconds: 3,
    result: { rows: 3 },
    allowed_actions: ['delete'],
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
    allowed_actions: ['retry', 'delete'],
  },
  cancelled: { finished_at: '2026-01-01T00:00:05Z', allowed_actions: ['retry', 'delete'] },
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
    schedule_id: null,
    unique_key: null,
    concurrency_key: null,
    held: false,
    created_by: null,
    attempt: 0,
    max_retries: 3,
    timeout_seconds: null,
    progress: null,
    result: null,
    error: null,
    fingerprint: null,
    created_at: '2026-01-01T00:00:00Z',
    run_at: '2026-01-01T00:00:00Z',
    waits_since: null,
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

/** As a release before `waits_since` sends it. */
export function anOlderSummary(state: JobState, change: Partial<Job> = {}): JobSummary {
  const sent: Partial<JobSummary> = aSummary(state, change);
  delete sent.waits_since;
  return sent as JobSummary;
}

export const anAttempt = (change: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  outcome: 'succeeded',
  started_at: '2026-01-01T00:00:02Z',
  finished_at: '2026-01-01T00:00:05Z',
  run_seconds: 3,
  worker: 'worker-1',
  error: null,
  fingerprint: null,
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

export const anErrorGroup = (change: Partial<ErrorGroup> = {}): ErrorGroup => ({
  fingerprint: '0123456789abcdef',
  task: 'data_export',
  type: 'ValueError',
  message: 'row <n> is wrong',
  place: 'shop.exports:export',
  status: 'open',
  status_changed_at: null,
  status_changed_by: null,
  regressed_at: null,
  count: 12,
  first_seen_at: '2026-01-01T00:00:00Z',
  last_seen_at: '2026-01-02T00:00:00Z',
  hours: [
    { at: '2026-01-01T23:00:00Z', count: 0 },
    { at: '2026-01-02T00:00:00Z', count: 5 },
  ],
  allowed_actions: ['resolve', 'ignore'],
  ...change,
});

export const aWholeErrorGroup = (change: Partial<WholeErrorGroup> = {}): WholeErrorGroup => ({
  ...anErrorGroup(),
  sample_message: 'row 7 is wrong',
  traceback: 'Traceback (most recent call last): ...',
  releases: [],
  examples: [
    {
      job_id: '01940000-0000-7000-8000-0000000000e1',
      attempt: 1,
      failed_at: '2026-01-02T00:00:00Z',
      message: 'row 7 is wrong',
      state: 'failed',
    },
  ],
  ...change,
});

export const aSchedule = (change: Partial<WholeSchedule> = {}): WholeSchedule => ({
  id: '01940000-0000-7000-9000-000000000001',
  name: 'nightly',
  cron: '0 3 * * *',
  cron_in_words: 'at 03:00 every day',
  timezone: 'Europe/Berlin',
  task: 'data_export',
  params: { rows: 5, what: 'orders' },
  priority: 'medium',
  tags: [],
  max_retries: null,
  timeout_seconds: null,
  overlap: 'skip',
  catch_up: 'last',
  catch_up_limit: 10,
  declared: false,
  created_by: 'ada',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  version: 1,
  paused_at: null,
  next_run_at: '2026-01-02T02:00:00Z',
  next_runs: ['2026-01-02T02:00:00Z', '2026-01-03T02:00:00Z'],
  last_run_at: null,
  last_error: null,
  skipped: 0,
  last_job: null,
  ...change,
});

export const aQueue = (change: Partial<Queue> = {}): Queue => ({
  name: 'high',
  queued: 3,
  scheduled: 0,
  retrying: 0,
  running: 1,
  held: 0,
  paused: false,
  paused_at: null,
  paused_by: null,
  inversions: 0,
  oldest_wait_seconds: 4,
  wait_seconds: null,
  finished_per_minute: 12,
  slots: 2,
  drain_seconds: 15,
  measured_at: '2026-01-01T00:00:00Z',
  ...change,
});

export const aWorker = (change: Partial<Worker> = {}): Worker => ({
  id: '01940000-0000-7000-a000-000000000001',
  name: 'local@vm',
  host: 'vm',
  pid: 4711,
  queues: ['high', 'medium', 'low'],
  slots: [
    { slot: 1, job: null, memory_bytes: 84_200_000 },
    { slot: 2, job: null, memory_bytes: null },
  ],
  heartbeat_age_seconds: 1,
  state: 'online',
  wanted_slots: null,
  stop_requested_at: null,
  ...change,
});

export const aWaiting = (change: Partial<Waiting> = {}): Waiting => ({
  reason: 'ahead',
  detail: 'others come first',
  position: 4,
  ahead: { high: 1, medium: 2, low: 0 },
  counted_to: 10_000,
  slots: { busy: 2, total: 2 },
  estimated_start_at: '2026-01-01T00:01:00Z',
  basis: 'its place at the pace of the last minutes, 12.0 jobs a minute in all queues',
  ...change,
});

export const aBulkAct = (change: Partial<BulkAct> = {}): BulkAct => ({
  id: '01940000-0000-7000-b000-000000000001',
  action: 'retry',
  priority: null,
  filter: null,
  ids: null,
  created_by: 'ada',
  created_at: '2026-01-01T00:00:00Z',
  state: 'running',
  matched: 100,
  complete: true,
  done: 40,
  refused: 0,
  error: null,
  finished_at: null,
  ...change,
});

/** A run of a slot, as lanes carry it; times are seconds after the first of January 2026. */
export const aRun = (start: number, end: number | null, change: Partial<LaneRun> = {}): LaneRun => {
  made += 1;
  const at = (seconds: number): string => new Date(Date.UTC(2026, 0) + seconds * 1000).toISOString();
  return {
    job_id: `01940000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    task: 'data_export',
    priority: 'medium',
    attempt: 1,
    outcome: end === null ? null : 'succeeded',
    due_at: at(start),
    started_at: at(start),
    finished_at: end === null ? null : at(end),
    ...change,
  };
};

/** The lanes of the first minute of 2026: the runs of each slot of one worker. */
export const theLanes = (slots: LaneRun[][], change: Partial<Lanes> = {}): Lanes => ({
  from: '2026-01-01T00:00:00Z',
  to: '2026-01-01T00:01:00Z',
  read_at: '2026-01-01T00:01:00Z',
  truncated: false,
  complete_from: '2026-01-01T00:00:00Z',
  runs: slots.flat().length,
  lanes: slots.map((runs, slot) => ({ worker_id: 'w', worker: 'worker-1', slot, runs })),
  ...change,
});

/** A histogram of minutes from the first of January 2026 on. */
export const aHistogram = (
  counts: Record<string, number>[],
  change: Partial<JobHistogram> = {},
): JobHistogram => ({
  from: '2026-01-01T00:00:00Z',
  to: new Date(Date.UTC(2026, 0, 1, 0, counts.length)).toISOString(),
  bucket_seconds: 60,
  by: 'state',
  points: counts.map((one, minute) => ({
    at: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    counts: one,
  })),
  estimated: false,
  complete_from: null,
  ...change,
});

export const aView = (change: Partial<SavedView> = {}): SavedView => ({
  id: '01940000-0000-7000-c000-000000000001',
  name: 'Failed exports',
  filter: { state: ['failed'] },
  shared: false,
  owner: 'ada',
  own: true,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  ...change,
});
