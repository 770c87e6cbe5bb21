/** The workers and what each of their slots runs. */
import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { serverNow } from '@/shared/format/clock';
import type { Worker } from '@/shared/api/types';

const WORKERS_KEY = ['workers'] as const;

/** A worker with the moment its heartbeat was, so that its age can go on counting between answers. */
export interface WatchedWorker extends Worker {
  beat_at: number;
}

const watch = (worker: Worker): WatchedWorker => ({
  ...worker,
  beat_at: serverNow() - worker.heartbeat_age_seconds * 1000,
});

export const workersQuery = () =>
  queryOptions({
    queryKey: WORKERS_KEY,
    queryFn: async ({ signal }): Promise<WatchedWorker[]> =>
      (await read(api().GET('/api/v1/workers', { signal }))).items.map(watch),
    refetchInterval: 15_000,
  });

export function hearWorkers(client: QueryClient, heard: Worker[]): void {
  client.setQueryData<WatchedWorker[]>(WORKERS_KEY, (held) => {
    if (!held) return held;
    const news = new Map(heard.map((worker) => [worker.id, watch(worker)]));
    const kept = held.map((worker) => news.get(worker.id) ?? worker);
    const known = new Set(held.map((worker) => worker.id));
    return [...kept, ...[...news.values()].filter((worker) => !known.has(worker.id))];
  });
}

/** What is asked of a worker: it obeys with its next heartbeat. */
export type Order = { kind: 'stop' } | { kind: 'resize'; slots: number };

export function useOrderWorker(worker: Worker) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: Order): Promise<Worker> => {
      const params = { path: { worker_id: worker.id } };
      return read(
        order.kind === 'stop'
          ? api().POST('/api/v1/workers/{worker_id}/stop', { params })
          : api().POST('/api/v1/workers/{worker_id}/resize', { params, body: { slots: order.slots } }),
      );
    },
    onSuccess: (told) => hearWorkers(client, [told]),
  });
}
