/** Acts on many jobs: counting, starting, following, aborting. */
import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import type { BulkAct, BulkMatched, BulkRequest } from '@/shared/api/types';
import { toast } from '@/shared/ui/toasts';

const bulkKeys = {
  one: (id: string) => ['bulk', id] as const,
  count: (request: BulkRequest) => ['bulk-count', request] as const,
};

const FOLLOW_MILLISECONDS = 1_000;

const post = (body: BulkRequest) => read(api().POST('/api/v1/jobs/bulk', { body }));

/** To how many jobs it would be done now. */
export const bulkCountQuery = (request: BulkRequest) =>
  queryOptions({
    queryKey: bulkKeys.count(request),
    queryFn: (): Promise<BulkMatched> => post({ ...request, dry_run: true }),
    staleTime: 0,
    gcTime: 0,
  });

export const bulkQuery = (id: string) =>
  queryOptions({
    queryKey: bulkKeys.one(id),
    queryFn: ({ signal }): Promise<BulkAct> =>
      read(api().GET('/api/v1/bulk/{bulk_id}', { params: { path: { bulk_id: id } }, signal })),
    refetchInterval: ({ state: { data } }) =>
      !data || data.state === 'running' ? FOLLOW_MILLISECONDS : false,
  });

export const useStartBulk = () =>
  useMutation({ mutationFn: async (request: BulkRequest): Promise<string> => (await post(request)).bulk_id });

export function useAbortBulk(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (): Promise<BulkAct> =>
      read(api().POST('/api/v1/bulk/{bulk_id}/abort', { params: { path: { bulk_id: id } } })),
    onSuccess: (act) => client.setQueryData(bulkKeys.one(id), act),
    onError: (error) => {
      toast.refused('Not aborted', asProblem(error).message);
      void client.invalidateQueries({ queryKey: bulkKeys.one(id) });
    },
  });
}

/** News of acts that are followed. They come without the filter. */
export function hearBulkActs(client: QueryClient, acts: Omit<BulkAct, 'filter'>[]): void {
  for (const act of acts) {
    client.setQueryData<BulkAct>(bulkKeys.one(act.id), (held) =>
      held && held.state === 'running' ? { ...held, ...act } : held,
    );
  }
}
