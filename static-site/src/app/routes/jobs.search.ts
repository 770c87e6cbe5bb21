/** The filters of the jobs page as they stand in the address. What cannot be read is left out, never an error page. */
import { JOB_STATES, PRIORITIES } from '@/shared/api/types';
import { tidy, type JobFilters } from '@/features/jobs/filters';

const listOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((one) => typeof one === 'string')
    : typeof value === 'string'
      ? value.split(',')
      : [];

const known = <T extends string>(all: readonly T[], value: unknown): T[] => {
  const wanted = listOf(value);
  return all.filter((one) => wanted.includes(one));
};

/** A number in the address is text that looks like one: a tag may be called 2024. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() || undefined : undefined;

export interface JobsSearch extends JobFilters {
  /** An act on many jobs to be followed. */
  bulk?: string;
}

export const parseJobsSearch = (search: Record<string, unknown>): JobsSearch => {
  const bulk = textOf(search.bulk);
  return { ...filtersFrom(search), ...(bulk ? { bulk } : {}) };
};

const filtersFrom = (search: Record<string, unknown>): JobFilters =>
  tidy({
    state: known(JOB_STATES, search.state),
    priority: known(PRIORITIES, search.priority),
    task: listOf(search.task).filter(Boolean),
    tag: textOf(search.tag),
    batch_id: textOf(search.batch_id),
    schedule_id: textOf(search.schedule_id),
    fingerprint: textOf(search.fingerprint),
    q: textOf(search.q),
  });
