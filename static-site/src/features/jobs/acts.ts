/** What may be asked of one job. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { deletionKey } from '@/shared/api/deletions';
import { asProblem } from '@/shared/api/problem';
import type { Action, Job, JsonObject, Priority } from '@/shared/api/types';
import { toast } from '@/shared/ui/toasts';
import { jobKeys } from './api';
import { mergeJob } from './list';
import { dropJobs } from './live';

/** Deleting is apart: nothing comes back from it. */
export type JobAct =
  | { action: 'cancel' }
  | { action: 'run-now' }
  | { action: 'priority'; priority: Priority }
  | { action: 'retry'; params?: JsonObject; priority?: Priority };

const REFUSED: Record<Action, string> = {
  cancel: 'Not cancelled',
  retry: 'Not retried',
  'run-now': 'Not run',
  priority: 'The priority was not changed',
  delete: 'Not deleted',
};

function send(id: string, act: JobAct): Promise<Job> {
  const params = { path: { job_id: id } };
  switch (act.action) {
    case 'cancel':
      return read(api().POST('/api/v1/jobs/{job_id}/cancel', { params }));
    case 'run-now':
      return read(api().POST('/api/v1/jobs/{job_id}/run-now', { params }));
    case 'priority':
      return read(api().POST('/api/v1/jobs/{job_id}/priority', { params, body: { priority: act.priority } }));
    case 'retry':
      return read(
        api().POST('/api/v1/jobs/{job_id}/retry', {
          params,
          body: { params: act.params, priority: act.priority },
        }),
      );
  }
}

function doneWord(act: JobAct, job: Job): string {
  switch (act.action) {
    case 'cancel':
      return job.state === 'cancelled' ? 'Cancelled' : 'Asked to stop';
    case 'run-now':
      return 'Queued';
    case 'priority':
      return `Priority is ${job.priority} now`;
    case 'retry':
      return 'Queued again';
  }
}

/**
 * What takes an act back, where that restores what was. Of a cancel only for a job that was due and had not been tried:
 * it is queued again, as the last of its priority. One that was scheduled would lose its time, one that was tried would
 * get all its retries anew, and one that ran has been stopped.
 */
function wayBack(act: JobAct, before: Job, after: Job): JobAct | null {
  if (act.action === 'priority' && before.priority !== after.priority)
    return { action: 'priority', priority: before.priority };
  const wasNew = before.state === 'queued' && before.attempt === 0 && after.state === 'cancelled';
  if (act.action === 'cancel' && wasNew && after.allowed_actions.includes('retry'))
    return { action: 'retry' };
  return null;
}

export function useActOnJob(id: string) {
  const client = useQueryClient();
  const key = jobKeys.whole(id);
  const hear = (job: Job) => {
    client.setQueryData<Job>(key, (held) => (held ? mergeJob(held, job) : job));
    void client.invalidateQueries({ queryKey: jobKeys.attempts(id) });
    void client.invalidateQueries({ queryKey: jobKeys.waiting(id) });
  };
  return useMutation({
    mutationFn: (act: JobAct): Promise<Job> => send(id, act),
    onMutate: (act) => {
      const held = client.getQueryData<Job>(key);
      if (held && act.action === 'priority')
        client.setQueryData<Job>(key, { ...held, priority: act.priority });
      return held;
    },
    onSuccess: (job, act, held) => {
      hear(job);
      const back = held && wayBack(act, held, job);
      if (!back) {
        toast.done(doneWord(act, job), job.task);
        return;
      }
      // Undone from wherever the reader is by then: this view may be gone.
      const undo = () =>
        send(id, back).then(hear, (error: unknown) =>
          toast.refused(REFUSED[back.action], asProblem(error).message),
        );
      toast.undoable(doneWord(act, job), () => void undo(), job.task);
    },
    onError: (error, act, held) => {
      if (held && act.action === 'priority')
        client.setQueryData<Job>(key, (now) => now && { ...now, priority: held.priority });
      toast.refused(REFUSED[act.action], asProblem(error).message);
      void client.invalidateQueries({ queryKey: jobKeys.one(id) });
    },
  });
}

export function useDeleteJob(id: string, task: string) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: deletionKey(id),
    onMutate: () => client.cancelQueries({ queryKey: jobKeys.one(id) }),
    mutationFn: async (): Promise<void> => {
      await api().DELETE('/api/v1/jobs/{job_id}', { params: { path: { job_id: id } } });
    },
    onSuccess: () => {
      toast.done('Deleted', task);
      dropJobs(client, [id]);
      void client.invalidateQueries({ queryKey: jobKeys.counts });
    },
  });
}
