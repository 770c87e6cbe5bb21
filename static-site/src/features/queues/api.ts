/** The three queues: one per priority. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import type { Queue } from '@/shared/api/types';

const QUEUES_KEY = ['queues'] as const;

export const queuesQuery = () =>
  queryOptions({
    queryKey: QUEUES_KEY,
    queryFn: async ({ signal }): Promise<Queue[]> =>
      (await read(api().GET('/api/v1/queues', { signal }))).items,
    // The feed brings them every few seconds; this only helps when it does not.
    refetchInterval: 30_000,
  });

export function hearQueues(client: QueryClient, queues: Queue[]): void {
  client.setQueryData<Queue[]>(QUEUES_KEY, queues);
}
