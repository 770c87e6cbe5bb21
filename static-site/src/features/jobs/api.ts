/** Jobs: query keys, fetchers and acts. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  type QueryClient,
} from '@tanstack/react-query';
import { api, apiPath, read, takeTicket } from '@/shared/api/client';
import { asProblem, Problem } from '@/shared/api/problem';
import type {
  Artifact,
  Attempt,
  BatchAccepted,
  Job,
  JobFacets,
  JobPage,
  LogLine,
  Submission,
  Waiting,
} from '@/shared/api/types';
import { toast } from '@/shared/ui/toasts';
import { tidy, type JobFilters } from './filters';
import { heardSoFar, lastWordOn, newsSince } from './heard';
import { firstPage, withNews, type ListPage } from './list';

export const PAGE = 50;
const LATER_PAGE = 200;

export const jobKeys = {
  lists: ['jobs', 'list'] as const,
  list: (filters: JobFilters) => [...jobKeys.lists, tidy(filters)] as const,
  counts: ['jobs', 'counts'] as const,
  facets: ['jobs', 'facets'] as const,
  histogram: ['jobs', 'histogram'] as const,
  one: (id: string) => ['job', id] as const,
  whole: (id: string) => [...jobKeys.one(id), 'whole'] as const,
  attempts: (id: string) => [...jobKeys.one(id), 'attempts'] as const,
  waiting: (id: string) => [...jobKeys.one(id), 'waiting'] as const,
  logs: (id: string) => [...jobKeys.one(id), 'logs'] as const,
  artifacts: (id: string) => [...jobKeys.one(id), 'artifacts'] as const,
};

export async function fetchPage(
  filters: JobFilters,
  cursor: string | null,
  signal?: AbortSignal,
  limit = PAGE,
): Promise<JobPage> {
  const query = { ...tidy(filters), limit, cursor: cursor ?? undefined };
  return read(api().GET('/api/v1/jobs', { params: { query }, signal }));
}

export const jobListQuery = (filters: JobFilters) =>
  infiniteQueryOptions({
    queryKey: jobKeys.list(filters),
    queryFn: async ({ client, pageParam, signal }): Promise<ListPage> => {
      const heard = heardSoFar(client);
      const limit = pageParam === null ? PAGE : LATER_PAGE;
      const page = firstPage(await fetchPage(filters, pageParam, signal, limit));
      const [renewed = page] = withNews(
        { pages: [page], pageParams: [pageParam] },
        filters,
        newsSince(client, heard),
      ).pages;
      return pageParam === null ? renewed : { ...renewed, arrivals: [], overflown: false };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: ListPage) => last.next_cursor,
    // Kept true by the feed, not by asking again.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    // Comparing a hundred thousand rows field by field would cost more than it saves.
    structuralSharing: false,
  });

/** How many jobs stand in each state under all filters but the state itself. */
export const jobCountsQuery = (filters: JobFilters) => {
  const others = tidy({ ...filters, state: undefined });
  return queryOptions({
    queryKey: [...jobKeys.counts, others],
    queryFn: ({ signal }) => read(api().GET('/api/v1/jobs/counts', { params: { query: others }, signal })),
    placeholderData: keepPreviousData,
  });
};

/** The values of each field among the jobs that match, with counts. */
export const facetsQuery = (filters: JobFilters) => {
  const query = tidy(filters);
  return queryOptions({
    queryKey: [...jobKeys.facets, query],
    queryFn: ({ signal }): Promise<JobFacets> =>
      read(api().GET('/api/v1/jobs/facets', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
};

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: jobKeys.whole(id),
    queryFn: async ({ client, signal }): Promise<Job> => {
      const ask = () =>
        read(api().GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: id } }, signal }));
      const job = await ask();
      const heard = lastWordOn(client, id);
      return heard && heard.version > job.version ? ask() : job;
    },
  });

export const attemptsQuery = (id: string) =>
  queryOptions({
    queryKey: jobKeys.attempts(id),
    queryFn: async ({ signal }): Promise<Attempt[]> =>
      (await read(api().GET('/api/v1/jobs/{job_id}/attempts', { params: { path: { job_id: id } }, signal })))
        .items,
  });

export const artifactsQuery = (id: string) =>
  queryOptions({
    queryKey: jobKeys.artifacts(id),
    queryFn: async ({ signal }): Promise<Artifact[]> =>
      (await read(api().GET('/api/v1/jobs/{job_id}/artifacts', { params: { path: { job_id: id } }, signal })))
        .items,
  });

export interface LogTail {
  lines: LogLine[];
  nextAfter: number;
}

const MOST_LOG_PAGES = 50;

/** The log so far and where it goes on: each fetch reads only what came after what is held. */
export const logsQuery = (client: QueryClient, id: string) =>
  queryOptions({
    queryKey: jobKeys.logs(id),
    queryFn: async ({ signal }): Promise<LogTail> => {
      let { lines, nextAfter } = client.getQueryData<LogTail>(jobKeys.logs(id)) ?? {
        lines: [],
        nextAfter: 0,
      };
      for (let page = 0; page < MOST_LOG_PAGES; page += 1) {
        const params = { path: { job_id: id }, query: { after: nextAfter } };
        const more = await read(api().GET('/api/v1/jobs/{job_id}/logs', { params, signal }));
        if (more.items.length === 0) break;
        lines = [...lines, ...more.items];
        nextAfter = more.next_after;
      }
      return { lines, nextAfter };
    },
    structuralSharing: false,
  });

/** Opens a download: the browser writes it to a file as it comes, and the address has a ticket instead of the key. */
async function download(name: string, address: (ticket: string) => string): Promise<void> {
  try {
    const { ticket } = await takeTicket();
    const link = document.createElement('a');
    link.href = address(ticket);
    link.download = name;
    link.click();
  } catch (error) {
    toast.refused(`${name || 'The list'} could not be downloaded`, asProblem(error).message);
  }
}

export const downloadArtifact = (artifact: Artifact): Promise<void> =>
  download(artifact.name, (ticket) => apiPath(artifact.url, { ticket }));

/** Every job that matches, as a file that the server names. */
export function downloadJobs(filters: JobFilters, format: 'csv' | 'jsonl'): Promise<void> {
  const query = Object.entries(tidy(filters)).flatMap(([name, value]: [string, string | string[]]) =>
    [value].flat().map((one) => [name, one]),
  );
  return download('', (ticket) => {
    const asked = new URLSearchParams([...query, ['format', format]]);
    return apiPath(`/api/v1/jobs/export?${asked}`, { ticket });
  });
}

/** Why a job waits, or null when it does not any more: the feed will tell what became of it. */
export const waitingQuery = (id: string) =>
  queryOptions({
    queryKey: jobKeys.waiting(id),
    queryFn: async ({ signal }): Promise<Waiting | null> => {
      try {
        return await read(
          api().GET('/api/v1/jobs/{job_id}/waiting', { params: { path: { job_id: id } }, signal }),
        );
      } catch (error) {
        if (error instanceof Problem && error.code === 'not_waiting') return null;
        throw error;
      }
    },
    // Its place changes with every job that starts, which the feed does not tell one by one.
    refetchInterval: 3_000,
  });

export const useSubmitBatch = () =>
  useMutation({
    mutationFn: (jobs: Submission[]): Promise<BatchAccepted> =>
      read(api().POST('/api/v1/jobs/batch', { body: { jobs } })),
  });
