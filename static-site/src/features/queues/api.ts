/** The three queues: one per priority. */
import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import type { Priority, Queue } from '@/shared/api/types';
import { serverNow } from '@/shared/format/clock';
import { toast } from '@/shared/ui/toasts';

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

const amend = (client: QueryClient, name: Priority, change: Partial<Queue>): void => {
  client.setQueryData<Queue[]>(QUEUES_KEY, (held) =>
    held?.map((queue) => (queue.name === name ? { ...queue, ...change } : queue)),
  );
};

/**
 * Pauses or resumes: shown at once, and taken back when the server refuses, or by the reader's undo.
 *
 * No hook, because the undo may come when the view it was asked from is gone.
 */
export async function pauseQueue(client: QueryClient, name: Priority, pause: boolean): Promise<void> {
  await client.cancelQueries({ queryKey: QUEUES_KEY });
  const held = client.getQueryData<Queue[]>(QUEUES_KEY)?.find((queue) => queue.name === name);
  const paused_at = pause ? new Date(serverNow()).toISOString() : null;
  amend(client, name, { paused: pause, paused_at, paused_by: null });
  const params = { path: { name } };
  const word = pause ? 'paused' : 'resumed';
  try {
    const queue = await read(
      pause
        ? api().POST('/api/v1/queues/{name}/pause', { params })
        : api().POST('/api/v1/queues/{name}/resume', { params }),
    );
    amend(client, name, queue);
    toast.undoable(`The queue ${name} is ${word}`, () => void pauseQueue(client, name, !pause));
  } catch (error) {
    if (held) amend(client, name, held);
    toast.refused(`The queue ${name} was not ${word}`, asProblem(error).message);
  }
}

export function usePauseQueue(name: Priority) {
  const client = useQueryClient();
  return useMutation({ mutationFn: (pause: boolean) => pauseQueue(client, name, pause) });
}
