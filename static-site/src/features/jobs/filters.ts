/** What a list of jobs is narrowed down to. The server decides; `matches` only tells which news concern a list. */
import type { JobState, JobSummary, Priority } from '@/shared/api/types';

export interface JobFilters {
  state?: JobState[];
  priority?: Priority[];
  task?: string[];
  tag?: string;
  source?: string;
  /** Of this unique or concurrency key. */
  key?: string;
  batch_id?: string;
  schedule_id?: string;
  fingerprint?: string;
  q?: string;
  /** RFC 3339; from this time on. */
  created_after?: string;
  /** RFC 3339; not this time any more. */
  created_before?: string;
}

export const isFiltered = (filters: JobFilters): boolean =>
  Object.values(filters).some((value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));

const oneOf = <T>(wanted: T[] | undefined, value: T): boolean => !wanted?.length || wanted.includes(value);

/** As far as a summary tells. */
export function matches(job: JobSummary, filters: JobFilters): boolean {
  return (
    oneOf(filters.state, job.state) &&
    oneOf(filters.priority, job.priority) &&
    oneOf(filters.task, job.task) &&
    (!filters.tag || job.tags.includes(filters.tag)) &&
    (!filters.source || job.source === filters.source) &&
    (!filters.key || job.unique_key === filters.key || job.concurrency_key === filters.key) &&
    (!filters.schedule_id || job.schedule_id === filters.schedule_id) &&
    (!filters.created_after || Date.parse(job.created_at) >= Date.parse(filters.created_after)) &&
    (!filters.created_before || Date.parse(job.created_at) < Date.parse(filters.created_before)) &&
    (!filters.batch_id || job.batch_id === filters.batch_id) &&
    (!filters.fingerprint || job.fingerprint === filters.fingerprint) &&
    (!filters.q || mentions(job, filters.q.toLowerCase()))
  );
}

const mentions = (job: JobSummary, text: string): boolean =>
  [job.id, job.task, job.error?.type, job.error?.message, ...job.tags].some((field) =>
    field?.toLowerCase().includes(text),
  );

/** Equal filters must make equal query keys and addresses: no empty parts, lists in a fixed order. */
export function tidy(filters: JobFilters): JobFilters {
  const clean: JobFilters = {};
  if (filters.state?.length) clean.state = [...new Set(filters.state)].sort();
  if (filters.priority?.length) clean.priority = [...new Set(filters.priority)].sort();
  if (filters.task?.length) clean.task = [...new Set(filters.task)].sort();
  if (filters.tag) clean.tag = filters.tag;
  if (filters.source) clean.source = filters.source;
  if (filters.key) clean.key = filters.key;
  if (filters.batch_id) clean.batch_id = filters.batch_id;
  if (filters.schedule_id) clean.schedule_id = filters.schedule_id;
  if (filters.fingerprint) clean.fingerprint = filters.fingerprint;
  if (filters.q) clean.q = filters.q;
  if (filters.created_after) clean.created_after = filters.created_after;
  if (filters.created_before) clean.created_before = filters.created_before;
  return clean;
}

/** Put in when absent, taken out when present. */
export const toggled = <T>(list: T[] | undefined, value: T): T[] =>
  list?.includes(value) ? list.filter((one) => one !== value) : [...(list ?? []), value];
