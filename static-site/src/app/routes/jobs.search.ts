/** The filters of the jobs page as they stand in the address. What cannot be read is left out, never an error page. */
import { JOB_STATES, PRIORITIES } from '@/shared/api/types';
import { tidy, type JobFilters } from '@/features/jobs/filters';
import { SPANS, STACKS, type Span, type Stack } from '@/features/jobs/histogram/api';

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
  /** The job in the pane beside the list. */
  job?: string;
  /** How far back the histogram goes, and what its bars are made of. */
  span?: Span;
  by?: Stack;
}

const momentOf = (value: unknown): string | undefined => {
  const time = Date.parse(textOf(value) ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

const defined = <T extends object>(values: T): T =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

export const parseJobsSearch = (search: Record<string, unknown>): JobsSearch => ({
  ...filtersFrom(search),
  ...defined({
    bulk: textOf(search.bulk),
    job: textOf(search.job),
    span: SPANS.find((one) => one === search.span),
    by: STACKS.find((one) => one === search.by),
  }),
});

const filtersFrom = (search: Record<string, unknown>): JobFilters =>
  tidy({
    state: known(JOB_STATES, search.state),
    priority: known(PRIORITIES, search.priority),
    task: listOf(search.task).filter(Boolean),
    tag: textOf(search.tag),
    source: textOf(search.source),
    key: textOf(search.key),
    batch_id: textOf(search.batch_id),
    schedule_id: textOf(search.schedule_id),
    fingerprint: textOf(search.fingerprint),
    q: textOf(search.q),
    created_after: momentOf(search.created_after),
    created_before: momentOf(search.created_before),
  });
