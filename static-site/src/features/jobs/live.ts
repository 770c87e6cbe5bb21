/** News from the feed, brought into every list and job held. */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { isDeletedHere, isStillThere } from '@/shared/api/deletions';
import { reread } from '@/shared/api/reread';
import type { Job, JobSummary } from '@/shared/api/types';
import { fetchPage, jobKeys } from './api';
import type { JobFilters } from './filters';
import { remember } from './heard';
import { mergeJob, newer, newestFirst, rowsOf, without, withNews, withoutGone, type ListData } from './list';

const REFRESH_LIMIT = 100;
const REFRESH_PAGES = 3;

// A list's key ends with its filters; only `jobKeys.list` makes them.
const filtersOf = (key: QueryKey): JobFilters => key[jobKeys.lists.length] as JobFilters;

export function hearJobs(client: QueryClient, jobs: JobSummary[]): void {
  remember(client, jobs);
  for (const [key, data] of client.getQueriesData<ListData>({ queryKey: jobKeys.lists })) {
    if (!data) continue;
    client.setQueryData<ListData>(key, withNews(data, filtersOf(key), jobs));
  }
  for (const job of jobs) hearJob(client, job);
}

export function dropJobs(client: QueryClient, ids: string[]): void {
  const gone = new Set(ids);
  client.setQueriesData<ListData>({ queryKey: jobKeys.lists }, (data) => data && without(data, gone));
}

/** Jobs that are no more leave every list; the page of one is told by the server that it is gone. */
export function hearDeletedJobs(client: QueryClient, ids: string[]): void {
  dropJobs(client, ids);
  for (const id of ids)
    if (!isDeletedHere(client, id)) void client.invalidateQueries({ queryKey: jobKeys.one(id) });
}

function hearJob(client: QueryClient, job: JobSummary): void {
  const held = client.getQueryData<Job>(jobKeys.whole(job.id));
  if (!held || !newer(held, job)) return;
  client.setQueryData<Job>(jobKeys.whole(job.id), mergeJob(held, job));
  if (held.state === job.state && held.attempt === job.attempt) return;
  // A summary does not carry what a new state brings: result, traceback, attempts, files, last log lines.
  // Why it waits is not asked of one that does not.
  const waits = job.finished_at === null && job.state !== 'running';
  if (!waits) client.setQueryData(jobKeys.waiting(job.id), null);
  void client.invalidateQueries({
    queryKey: jobKeys.one(job.id),
    predicate: ({ queryKey }) => waits || queryKey.at(-1) !== jobKeys.waiting(job.id).at(-1),
  });
}

/** Many changed at once and were not named: read again what is on the screen. */
export function rereadJobs(client: QueryClient): void {
  for (const query of client.getQueryCache().findAll({ queryKey: jobKeys.lists })) {
    if (query.isActive()) void rereadList(client, query.queryKey);
    else query.invalidate();
  }
  void reread(client, jobKeys.counts);
  void client.invalidateQueries(
    { queryKey: ['job'], predicate: isStillThere(client) },
    { cancelRefetch: false },
  );
}

/**
 * Anything may have been missed: read again all there is. A list that somebody looks at keeps its rows where they are,
 * and what is new is set aside as it is when it comes as news.
 */
export function rereadEverything(client: QueryClient): void {
  const lists = client
    .getQueryCache()
    .findAll({ queryKey: jobKeys.lists, type: 'active', predicate: ({ state }) => state.data !== undefined });
  const isThere = isStillThere(client);
  void client.invalidateQueries({ predicate: (query) => !lists.includes(query) && isThere(query) });
  for (const { queryKey } of lists) void rereadList(client, queryKey, { wholly: true });
}

/**
 * Bring a list that is held up to date from its top, page by page: the first pages, or `wholly`, down to its last row.
 * In the latter case one that cannot be is read afresh: the server fails, or more is new than its place is worth.
 */
async function rereadList(client: QueryClient, key: QueryKey, { wholly = false } = {}): Promise<void> {
  const held = client.getQueryData<ListData>(key);
  if (!held) return;
  const filters = filtersOf(key);
  const rows = rowsOf(held, true);
  const lastRow = rows.at(-1);
  const isEnough = (listed: JobSummary[]): boolean => {
    const last = listed.at(-1);
    if (!wholly) return listed.length >= rows.length;
    return !lastRow || (last !== undefined && newestFirst(lastRow, last) <= 0);
  };
  const pages = REFRESH_PAGES + (wholly ? Math.ceil(rows.length / REFRESH_LIMIT) : 0);
  // Without an answer the list is asked for in its own way, which tells the reader when that fails too.
  const read = await readPages(filters, pages, isEnough).catch(() => null);
  if (read && (!wholly || read.isComplete || isEnough(read.listed)))
    client.setQueryData<ListData>(
      key,
      (data) => data && withNews(withoutGone(data, read.listed, read.isComplete), filters, read.listed),
    );
  else if (wholly || !read) void client.invalidateQueries({ queryKey: key, exact: true });
}

async function readPages(filters: JobFilters, pages: number, isEnough: (listed: JobSummary[]) => boolean) {
  const listed: JobSummary[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const answer = await fetchPage(filters, cursor, undefined, REFRESH_LIMIT);
    listed.push(...answer.items);
    cursor = answer.next_cursor;
    if (!cursor || isEnough(listed)) break;
  }
  return { listed, isComplete: cursor === null };
}

export function hearLogs(client: QueryClient, jobIds: string[]): void {
  for (const id of jobIds)
    void client.invalidateQueries({ queryKey: jobKeys.logs(id) }, { cancelRefetch: false });
}
