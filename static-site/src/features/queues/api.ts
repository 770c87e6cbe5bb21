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

const send = (name: Priority, pause: boolean): Promise<Queue> => {
  const params = { path: { name } };
  return read(
    pause
      ? api().POST('/api/v1/queues/{name}/pause', { params })
      : api().POST('/api/v1/queues/{name}/resume', { params }),
  );
};

/** Pauses or resumes: shown at once, taken back when the server refuses, or by the reader. */
export function usePauseQueue(name: Priority) {
  const client = useQueryClient();
  const refused = (error: unknown, pause: boolean) =>
    toast.refused(`The queue ${name} was not ${pause ? 'paused' : 'resumed'}`, asProblem(error).message);
  return useMutation({
    mutationFn: (pause: boolean): Promise<Queue> => send(name, pause),
    onMutate: async (pause) => {
      await client.cancelQueries({ queryKey: QUEUES_KEY });
      const held = client.getQueryData<Queue[]>(QUEUES_KEY)?.find((queue) => queue.name === name);
      const paused_at = pause ? new Date(serverNow()).toISOString() : null;
      amend(client, name, { paused: pause, paused_at, paused_by: null });
      return held;
    },
    onSuccess: (queue, pause) => {
      amend(client, name, queue);
      // Undone from wherever the reader is by then: this view may be gone.
      const undo = () =>
        send(name, !pause).then(
          (now) => amend(client, name, now),
          (error: unknown) => refused(error, !pause),
        );
      toast.undoable(`The queue ${name} is ${pause ? 'paused' : 'resumed'}`, () => void undo());
    },
    onError: (error, pause, held) => {
      if (held) {
        const { paused, paused_at, paused_by } = held;
        amend(client, name, { paused, paused_at, paused_by });
      }
      refused(error, pause);
    },
  });
}
