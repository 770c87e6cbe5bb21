/** Errors in groups: query keys, fetchers and acts. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { reread } from '@/shared/api/reread';
import { asProblem } from '@/shared/api/problem';
import type {
  ErrorAction,
  ErrorGroup,
  ErrorPage,
  ErrorStatus,
  JobSummary,
  WholeErrorGroup,
} from '@/shared/api/types';
import { toast } from '@/shared/ui/toasts';
import { ACT_WORDS } from './standing';

export interface ErrorFilters {
  status?: ErrorStatus;
  task?: string;
  q?: string;
}

const errorKeys = {
  all: ['errors'] as const,
  list: (filters: ErrorFilters) => ['errors', 'list', filters] as const,
  ones: ['errors', 'one'] as const,
  one: (fingerprint: string) => [...errorKeys.ones, fingerprint] as const,
};

/** The feed tells of failures, not of groups; this only helps when it does not. */
const REREAD_MILLISECONDS = 30_000;

export const errorsQuery = ({ status, task, q }: ErrorFilters) =>
  infiniteQueryOptions({
    queryKey: errorKeys.list({ status, task, q }),
    queryFn: ({ pageParam, signal }): Promise<ErrorPage> => {
      const query = {
        status: status && [status],
        task: task ? [task] : undefined,
        q: q || undefined,
        cursor: pageParam ?? undefined,
      };
      return read(api().GET('/api/v1/errors', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: ErrorPage) => last.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: REREAD_MILLISECONDS,
  });

/** Every group once: one that failed again while pages were read may stand on two of them. */
export const groupsOf = (pages: ErrorPage[]): ErrorGroup[] => [
  ...new Map(pages.flatMap(({ items }) => items).map((group) => [group.fingerprint, group])).values(),
];

export const errorQuery = (fingerprint: string) =>
  queryOptions({
    queryKey: errorKeys.one(fingerprint),
    queryFn: ({ signal }): Promise<WholeErrorGroup> =>
      read(api().GET('/api/v1/errors/{fingerprint}', { params: { path: { fingerprint } }, signal })),
    refetchInterval: REREAD_MILLISECONDS,
  });

/** Whether news of jobs is news of a group: one failed, or goes on that is shown as an example. */
export function tellsOfErrors(client: QueryClient, jobs: JobSummary[]): boolean {
  if (jobs.some(({ fingerprint }) => fingerprint !== null)) return true;
  const shown = client.getQueriesData<WholeErrorGroup>({ queryKey: errorKeys.ones });
  const examples = new Set(shown.flatMap(([, group]) => group?.examples.map(({ job_id }) => job_id) ?? []));
  return jobs.some(({ id }) => examples.has(id));
}

export const rereadErrors = (client: QueryClient): Promise<void> => reread(client, errorKeys.all);

function send(fingerprint: string, action: ErrorAction): Promise<WholeErrorGroup> {
  const params = { path: { fingerprint } };
  switch (action) {
    case 'resolve':
      return read(api().POST('/api/v1/errors/{fingerprint}/resolve', { params }));
    case 'ignore':
      return read(api().POST('/api/v1/errors/{fingerprint}/ignore', { params }));
    case 'reopen':
      return read(api().POST('/api/v1/errors/{fingerprint}/reopen', { params }));
  }
}

/** What leads back to a status. */
const BACK_TO: Record<ErrorStatus, ErrorAction> = { open: 'reopen', resolved: 'resolve', ignored: 'ignore' };

export function useActOnError({ fingerprint, type, status, regressed_at }: ErrorGroup) {
  const client = useQueryClient();
  const hear = (group: WholeErrorGroup) => {
    client.setQueryData(errorKeys.one(fingerprint), group);
    void rereadErrors(client);
  };
  const refused = (error: unknown, action: ErrorAction) =>
    toast.refused(`${type} was not ${ACT_WORDS[action].done.toLowerCase()}`, asProblem(error).message);
  return useMutation({
    mutationFn: (action: ErrorAction): Promise<WholeErrorGroup> => send(fingerprint, action),
    // As it stood when it was asked: news may change that before the answer comes.
    onMutate: () => ({ status, hadFailedAgain: regressed_at !== null }),
    onSuccess: (group, action, before) => {
      hear(group);
      // That it failed again after it was resolved would not come back.
      if (before.hadFailedAgain) {
        toast.done(ACT_WORDS[action].done, type);
        return;
      }
      const back = BACK_TO[before.status];
      const undo = () => send(fingerprint, back).then(hear, (error: unknown) => refused(error, back));
      toast.undoable(ACT_WORDS[action].done, () => void undo(), type);
    },
    onError: (error, action) => refused(error, action),
  });
}
