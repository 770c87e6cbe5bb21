/** Schedules: query keys, fetchers and acts. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import { deletionKey, isStillThere } from '@/shared/api/deletions';
import { asProblem } from '@/shared/api/problem';
import type {
  Job,
  JobSummary,
  NewSchedule,
  Schedule,
  ScheduleChange,
  SchedulePage,
  SchedulePreview,
  ScheduleSummary,
  WholeSchedule,
} from '@/shared/api/types';
import { serverNow } from '@/shared/format/clock';
import { toast } from '@/shared/ui/toasts';

const scheduleKeys = {
  all: ['schedules'] as const,
  list: ['schedules', 'list'] as const,
  ones: ['schedules', 'one'] as const,
  one: (id: string) => [...scheduleKeys.ones, id] as const,
  // Apart from the others: what an expression says does not change when a schedule does.
  preview: (cron: string, timezone: string) => ['schedule-preview', cron, timezone] as const,
};

export const schedulesQuery = () =>
  infiniteQueryOptions({
    queryKey: scheduleKeys.list,
    queryFn: ({ pageParam, signal }): Promise<SchedulePage> => {
      const query = { cursor: pageParam ?? undefined };
      return read(api().GET('/api/v1/schedules', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last: SchedulePage) => last.next_cursor,
    // The feed brings what changes; this only helps when it does not.
    refetchInterval: 30_000,
  });

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: scheduleKeys.one(id),
    queryFn: ({ signal }): Promise<WholeSchedule> =>
      read(api().GET('/api/v1/schedules/{schedule_id}', { params: { path: { schedule_id: id } }, signal })),
    refetchInterval: 30_000,
  });

export const previewQuery = (cron: string, timezone: string) =>
  queryOptions({
    queryKey: scheduleKeys.preview(cron, timezone),
    queryFn: ({ signal }): Promise<SchedulePreview> =>
      read(api().GET('/api/v1/schedules/preview', { params: { query: { cron, timezone } }, signal })),
    enabled: cron.trim() !== '' && timezone.trim() !== '',
    placeholderData: keepPreviousData,
  });

/** Every schedule once: one that got another name while pages were read may stand on two of them. */
export const schedulesOf = (pages: SchedulePage[]): Schedule[] => [
  ...new Map(pages.flatMap(({ items }) => items).map((schedule) => [schedule.id, schedule])).values(),
];

type Held = Schedule | WholeSchedule;

function amendList(client: QueryClient, amended: (held: Schedule[]) => Schedule[]): void {
  client.setQueryData<InfiniteData<SchedulePage>>(
    scheduleKeys.list,
    (held) => held && { ...held, pages: held.pages.map((page) => ({ ...page, items: amended(page.items) })) },
  );
}

function amend(client: QueryClient, amended: (held: Held) => Held): void {
  amendList(client, (held) => held.map(amended));
  // A whole schedule stays whole: what is amended is what both shapes share.
  client.setQueriesData<Held>({ queryKey: scheduleKeys.ones }, (held) => held && amended(held));
}

/** News from the feed, brought in at once. What it does not carry, the last job and the next runs, is to be reread. */
export function hearSchedules(client: QueryClient, heard: ScheduleSummary[], deleted: string[]): void {
  const news = new Map(heard.map((schedule) => [schedule.id, schedule]));
  amend(client, (held) => {
    const update = news.get(held.id);
    return update && update.version >= held.version ? { ...held, ...update } : held;
  });
  const gone = new Set(deleted);
  amendList(client, (held) => held.filter(({ id }) => !gone.has(id)));
}

/** The last job of a schedule goes on without the schedule being changed. */
export function hearLastJobs(client: QueryClient, jobs: JobSummary[]): void {
  const news = new Map(jobs.map((job) => [job.id, job]));
  amend(client, (held) => {
    const update = held.last_job && news.get(held.last_job.id);
    return update && held.last_job && update.version >= held.last_job.version
      ? { ...held, last_job: update }
      : held;
  });
}

export const rereadSchedules = (client: QueryClient): void =>
  void client.invalidateQueries(
    { queryKey: scheduleKeys.all, predicate: isStillThere(client) },
    { cancelRefetch: false },
  );

/** Makes one, or changes the one with this id. */
export function useSaveSchedule(id: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewSchedule & ScheduleChange): Promise<WholeSchedule> =>
      read(
        id === null
          ? api().POST('/api/v1/schedules', { body: wanted })
          : api().PATCH('/api/v1/schedules/{schedule_id}', {
              params: { path: { schedule_id: id } },
              body: wanted,
            }),
      ),
    onSuccess: (saved) => {
      client.setQueryData(scheduleKeys.one(saved.id), saved);
      void client.invalidateQueries({ queryKey: scheduleKeys.list });
    },
  });
}

function sendPause(id: string, pause: boolean): Promise<WholeSchedule> {
  const params = { path: { schedule_id: id } };
  return read(
    pause
      ? api().POST('/api/v1/schedules/{schedule_id}/pause', { params })
      : api().POST('/api/v1/schedules/{schedule_id}/resume', { params }),
  );
}

/** Pauses or resumes: shown at once, taken back when the server refuses, or by the reader. */
export function usePauseSchedule({ id, name }: { id: string; name: string }) {
  const client = useQueryClient();
  const refused = (error: unknown, pause: boolean) =>
    toast.refused(`${name} was not ${pause ? 'paused' : 'resumed'}`, asProblem(error).message);
  const hear = (saved: WholeSchedule) => {
    client.setQueryData(scheduleKeys.one(id), saved);
    amend(client, (one) =>
      one.id === id ? { ...one, paused_at: saved.paused_at, next_run_at: saved.next_run_at } : one,
    );
  };
  return useMutation({
    mutationFn: (pause: boolean): Promise<WholeSchedule> => sendPause(id, pause),
    onMutate: async (pause) => {
      await client.cancelQueries({ queryKey: scheduleKeys.all });
      const held = client.getQueriesData({ queryKey: scheduleKeys.all });
      const paused_at = pause ? new Date(serverNow()).toISOString() : null;
      amend(client, (one) => (one.id === id ? { ...one, paused_at, next_run_at: null } : one));
      return held;
    },
    onSuccess: (saved, pause) => {
      hear(saved);
      const undo = () => sendPause(id, !pause).then(hear, (error: unknown) => refused(error, !pause));
      toast.undoable(`${name} is ${pause ? 'paused' : 'resumed'}`, () => void undo());
    },
    onError: (error, pause, held) => {
      for (const [key, data] of held ?? []) client.setQueryData(key, data);
      refused(error, pause);
    },
    onSettled: () => rereadSchedules(client),
  });
}

export function useRunSchedule({ id, name }: { id: string; name: string }) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (): Promise<Job> =>
      read(api().POST('/api/v1/schedules/{schedule_id}/run-now', { params: { path: { schedule_id: id } } })),
    onSuccess: (job) => {
      toast.done('Submitted', `${job.task}, ${job.priority} priority`);
      rereadSchedules(client);
    },
    onError: (error) => toast.refused(`${name} was not run`, asProblem(error).message),
  });
}

export function useDeleteSchedule({ id, name }: { id: string; name: string }) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: deletionKey(id),
    onMutate: () => client.cancelQueries({ queryKey: scheduleKeys.one(id) }),
    mutationFn: async (): Promise<void> => {
      await api().DELETE('/api/v1/schedules/{schedule_id}', { params: { path: { schedule_id: id } } });
    },
    onSuccess: () => {
      toast.done('Deleted', name);
      hearSchedules(client, [], [id]);
    },
  });
}
