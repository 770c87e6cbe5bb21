/** What a list of jobs is narrowed down to. The server decides; `matches` only tells which news concern a list. */
import type { JobState, JobSummary, Priority } from '@/shared/api/types';

export interface JobFilters {
  state?: JobState[];
  priority?: Priority[];
  task?: string[];
  tag?: string;
  batch_id?: string;
  schedule_id?: string;
  fingerprint?: string;
  q?: string;
}

export const isFiltered = (filters: JobFilters): boolean =>
  Object.values(filters).some((value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));

const oneOf = <T>(wanted: T[] | undefined, value: T): boolean => !wanted?.length || wanted.includes(value);

/** A summary does not name its schedule: what is heard of for the first time may belong to such a list or not. */
export const isJudgedByServer = (filters: JobFilters): boolean => Boolean(filters.schedule_id);

/** As far as a summary tells. */
export function matches(job: JobSummary, filters: JobFilters): boolean {
  return (
    oneOf(filters.state, job.state) &&
    oneOf(filters.priority, job.priority) &&
    oneOf(filters.task, job.task) &&
    (!filters.tag || job.tags.includes(filters.tag)) &&
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
  if (filters.batch_id) clean.batch_id = filters.batch_id;
  if (filters.schedule_id) clean.schedule_id = filters.schedule_id;
  if (filters.fingerprint) clean.fingerprint = filters.fingerprint;
  if (filters.q) clean.q = filters.q;
  return clean;
}

/** Put in when absent, taken out when present. */
export const toggled = <T>(list: T[] | undefined, value: T): T[] =>
  list?.includes(value) ? list.filter((one) => one !== value) : [...(list ?? []), value];
