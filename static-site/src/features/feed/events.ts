/** What the feed carries, told from what it does not: unknown kinds and broken events are left out without a word. */
import type { BulkAct, JobSummary, Queue, ScheduleSummary, Worker } from '@/shared/api/types';

export interface LogGrowth {
  job_id: string;
  attempt: number;
  lines: number;
}

/** Everything heard within one short span, the last word on each thing only. */
export interface FeedBatch {
  /** Too much was missed: what is held may be wrong everywhere. */
  resync: boolean;
  /** So many jobs changed at once that they were not listed. */
  jobsChanged: boolean;
  jobs: JobSummary[];
  deletedJobs: string[];
  logs: LogGrowth[];
  queues: Queue[] | null;
  workers: Worker[];
  schedules: ScheduleSummary[];
  deletedSchedules: string[];
  bulkActs: HeardBulkAct[];
  /** Somebody decided about a group of errors. */
  errorsChanged: boolean;
}

/** The feed leaves out which jobs an act is about. */
export type HeardBulkAct = Omit<BulkAct, 'filter'>;

export type FeedEvent =
  | { kind: 'job'; job: JobSummary }
  | { kind: 'jobs_changed' }
  | ({ kind: 'log' } & LogGrowth)
  | { kind: 'queues'; queues: Queue[] }
  | { kind: 'worker'; worker: Worker }
  | { kind: 'job_deleted'; id: string }
  | { kind: 'schedule'; schedule: ScheduleSummary }
  | { kind: 'schedule_deleted'; id: string }
  | { kind: 'error_group' }
  | { kind: 'bulk'; bulk: HeardBulkAct };

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isJob = (value: unknown): value is JobSummary =>
  isFields(value) &&
  typeof value.id === 'string' &&
  typeof value.version === 'number' &&
  typeof value.state === 'string';

const isQueue = (value: unknown): value is Queue =>
  isFields(value) && typeof value.name === 'string' && typeof value.queued === 'number';

const isWorker = (value: unknown): value is Worker =>
  isFields(value) && typeof value.id === 'string' && Array.isArray(value.slots);

const isSchedule = (value: unknown): value is ScheduleSummary =>
  isFields(value) && typeof value.id === 'string' && typeof value.cron === 'string';

const isBulkAct = (value: unknown): value is HeardBulkAct =>
  isFields(value) && typeof value.id === 'string' && typeof value.matched === 'number';

export function eventFrom(value: unknown): FeedEvent | null {
  if (!isFields(value)) return null;
  switch (value.kind) {
    case 'job':
      return isJob(value.job) ? { kind: 'job', job: value.job } : null;
    case 'jobs_changed':
      return { kind: 'jobs_changed' };
    case 'log':
      return typeof value.job_id === 'string'
        ? { kind: 'log', job_id: value.job_id, attempt: Number(value.attempt), lines: Number(value.lines) }
        : null;
    case 'queues':
      return Array.isArray(value.queues) ? { kind: 'queues', queues: value.queues.filter(isQueue) } : null;
    case 'worker':
      return isWorker(value.worker) ? { kind: 'worker', worker: value.worker } : null;
    case 'schedule':
      return isSchedule(value.schedule) ? { kind: 'schedule', schedule: value.schedule } : null;
    case 'job_deleted':
    case 'schedule_deleted':
      return typeof value.id === 'string' ? { kind: value.kind, id: value.id } : null;
    case 'error_group':
      return { kind: 'error_group' };
    case 'bulk':
      return isBulkAct(value.bulk) ? { kind: 'bulk', bulk: value.bulk } : null;
    default:
      return null;
  }
}

export interface FeedMessage {
  type: string;
  cursor: string | null;
  events: FeedEvent[];
  serverTime: string | null;
}

/** One frame of the socket, or null for what is not one. */
export function messageFrom(frame: unknown): FeedMessage | null {
  if (typeof frame !== 'string') return null;
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return null;
  }
  if (!isFields(value) || typeof value.type !== 'string') return null;
  return {
    type: value.type,
    cursor: typeof value.cursor === 'string' ? value.cursor : null,
    events: eventsFrom(value.events),
    serverTime: typeof value.server_time === 'string' ? value.server_time : null,
  };
}

export const eventsFrom = (values: unknown): FeedEvent[] =>
  Array.isArray(values) ? values.map(eventFrom).filter((event) => event !== null) : [];
