/** A list of jobs as it is held: pages from the server, kept true by news. Pure. */
import type { InfiniteData } from '@tanstack/react-query';
import type { Job, JobPage, JobSummary } from '@/shared/api/types';
import { matches, type JobFilters } from './filters';

/** A list that nobody looks through must not grow with everything that happens. */
export const MOST_ARRIVALS = 500;

/** A page, and with the first one what arrived since and is not shown yet. */
export interface ListPage extends JobPage {
  arrivals: JobSummary[];
  /** More arrived than `MOST_ARRIVALS`: only the newest are held, and between them and the rows some are missing. */
  overflown: boolean;
}

export type ListData = InfiniteData<ListPage>;

export const firstPage = (page: JobPage): ListPage => ({ ...page, arrivals: [], overflown: false });

/** As the server lists them: an id begins with the time it was made. */
export const newestFirst = (a: JobSummary, b: JobSummary): number => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

export const arrivalsOf = (data: ListData): JobSummary[] => data.pages[0]?.arrivals ?? [];

/** Every row once, newest first. Pages come in order: a hundred thousand rows are not sorted at every piece of news. */
export function rowsOf(data: ListData, withArrivals = false): JobSummary[] {
  const rows: JobSummary[] = [];
  const known = new Set<string>();
  let inOrder = true;
  const add = (job: JobSummary): void => {
    if (known.has(job.id)) return;
    known.add(job.id);
    const last = rows.at(-1);
    if (last && newestFirst(last, job) > 0) inOrder = false;
    rows.push(job);
  };
  if (withArrivals) arrivalsOf(data).forEach(add);
  for (const page of data.pages) page.items.forEach(add);
  return inOrder ? rows : rows.sort(newestFirst);
}

/** Never backwards: what is older than what is held changes nothing. */
export const newer = <T extends JobSummary>(held: T, heard: JobSummary): boolean =>
  heard.version >= held.version;

/** The list after some news: rows renewed in place, what newly belongs to it set aside as arrivals. */
export function withNews(data: ListData, filters: JobFilters, heard: JobSummary[]): ListData {
  const [first, ...rest] = data.pages;
  if (!first) return data;
  const news = new Map(heard.map((job) => [job.id, job]));
  const renew = (jobs: JobSummary[]): JobSummary[] => {
    let touched = false;
    const renewed = jobs.map((job) => {
      const update = news.get(job.id);
      if (update) news.delete(job.id);
      if (!update || !newer(job, update)) return job;
      touched = true;
      return update;
    });
    return touched ? renewed : jobs;
  };
  const items = renew(first.items);
  const others = rest.map((page) => {
    const renewed = renew(page.items);
    return renewed === page.items ? page : { ...page, items: renewed };
  });
  const waiting = renew(first.arrivals).filter((job) => matches(job, filters));
  const end = endOf(data);
  const arrived = [...news.values()].filter(
    (job) => matches(job, filters) && (!end || newestFirst(job, end) < 0),
  );
  let arrivals = [...arrived, ...waiting];
  const overflown = first.overflown || arrivals.length > MOST_ARRIVALS;
  if (arrivals.length > MOST_ARRIVALS) arrivals = arrivals.sort(newestFirst).slice(0, MOST_ARRIVALS);
  return { ...data, pages: [{ ...first, items, arrivals, overflown }, ...others] };
}

/** The last row held while more follow it: what is older belongs to a page not loaded yet. */
function endOf(data: ListData): JobSummary | undefined {
  const last = data.pages.at(-1);
  return last?.next_cursor ? last.items.at(-1) : undefined;
}

/** Arrivals become rows. Where some are missing the rows behind them go: to be read again. */
export function revealed(data: ListData): ListData {
  const [first, ...rest] = data.pages;
  if (!first || first.arrivals.length === 0) return data;
  const shown = { ...first, arrivals: [], overflown: false };
  if (first.overflown)
    return { pages: [{ ...shown, items: first.arrivals }], pageParams: data.pageParams.slice(0, 1) };
  const items = [...first.arrivals, ...first.items].sort(newestFirst);
  return { ...data, pages: [{ ...shown, items }, ...rest] };
}

/** The newest rows of the first page and nothing else: to be read again. */
export function shortened(data: ListData, rows: number): ListData {
  const [first] = data.pages;
  if (!first) return data;
  const page = { ...first, items: first.items.slice(0, rows), arrivals: [], overflown: false };
  return { pages: [page], pageParams: data.pageParams.slice(0, 1) };
}

/** Rows that the server no longer lists in the span it was asked about have left. */
export function withoutGone(data: ListData, listed: JobSummary[], complete: boolean): ListData {
  const known = new Set(listed.map((job) => job.id));
  const last = listed.at(-1);
  const stays = (job: JobSummary): boolean =>
    known.has(job.id) || (!complete && (!last || newestFirst(job, last) > 0));
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.filter(stays),
      arrivals: page.arrivals.filter(stays),
    })),
  };
}

/** The list without some jobs, which are no more. */
export function without(data: ListData, ids: ReadonlySet<string>): ListData {
  const stays = ({ id }: JobSummary): boolean => !ids.has(id);
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.filter(stays),
      arrivals: page.arrivals.filter(stays),
    })),
  };
}

/** A whole job renewed by a summary, which has no params, no result and no traceback. */
export function mergeJob(held: Job, heard: Job | JobSummary): Job {
  if (!newer(held, heard)) return held;
  const error = heard.error && {
    ...heard.error,
    traceback: heard.error.traceback ?? tracebackHeld(held, heard),
  };
  return { ...held, ...heard, error };
}

const tracebackHeld = (held: Job, heard: JobSummary): string | null =>
  held.error && held.error.attempt === heard.error?.attempt ? held.error.traceback : null;
