/** What can be submitted, and submitting it. */
import { queryOptions, useMutation } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import type { Job, Submission, TaskInfo } from '@/shared/api/types';

export const tasksQuery = () =>
  queryOptions({
    queryKey: ['tasks'],
    queryFn: async ({ signal }): Promise<TaskInfo[]> =>
      (await read(api().GET('/api/v1/tasks', { signal }))).items,
    staleTime: 60_000,
  });

export const useSubmitJob = () =>
  useMutation({
    mutationFn: (submission: Submission): Promise<Job> =>
      read(api().POST('/api/v1/jobs', { body: submission })),
  });
