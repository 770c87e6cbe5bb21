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
  one: (fingerprint: string) => ['errors', 'one', fingerprint] as const,
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

/** Whether news of a job is news of a group: it failed, or one of the examples goes on. */
export const tellsOfErrors = ({ fingerprint }: JobSummary): boolean => fingerprint !== null;

export const rereadErrors = (client: QueryClient): void =>
  void client.invalidateQueries({ queryKey: errorKeys.all }, { cancelRefetch: false });

export function useActOnError({ fingerprint, type }: ErrorGroup) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: ErrorAction): Promise<WholeErrorGroup> => {
      const params = { path: { fingerprint } };
      switch (action) {
        case 'resolve':
          return read(api().POST('/api/v1/errors/{fingerprint}/resolve', { params }));
        case 'ignore':
          return read(api().POST('/api/v1/errors/{fingerprint}/ignore', { params }));
        case 'reopen':
          return read(api().POST('/api/v1/errors/{fingerprint}/reopen', { params }));
      }
    },
    onSuccess: (group, action) => {
      client.setQueryData(errorKeys.one(fingerprint), group);
      toast.done(ACT_WORDS[action].done, type);
      rereadErrors(client);
    },
    onError: (error, action) =>
      toast.refused(`${type} was not ${ACT_WORDS[action].done.toLowerCase()}`, asProblem(error).message),
  });
}
