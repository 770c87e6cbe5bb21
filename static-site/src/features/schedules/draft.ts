/** What the form of a schedule holds and what is sent. Pure. */
import type { JsonObject, NewSchedule, Priority, ScheduleChange, WholeSchedule } from '@/shared/api/types';
import { wordsOf } from '@/shared/form/words';

export interface Draft {
  name: string;
  cron: string;
  timezone: string;
  task: string;
  params: JsonObject;
  priority: Priority;
  overlap: WholeSchedule['overlap'];
  catchUp: WholeSchedule['catch_up'];
  /** As typed, like the three below: an empty field says nothing, and the default holds. */
  catchUpLimit: string;
  maxRetries: string;
  timeout: string;
  tags: string;
}

export const emptyDraft = (task: string, params: JsonObject, timezone: string): Draft => ({
  name: '',
  cron: '',
  timezone,
  task,
  params,
  priority: 'medium',
  overlap: 'skip',
  catchUp: 'last',
  catchUpLimit: '',
  maxRetries: '',
  timeout: '',
  tags: '',
});

const typed = (value: number | null): string => (value === null ? '' : String(value));

export const draftOf = (schedule: WholeSchedule): Draft => ({
  name: schedule.name,
  cron: schedule.cron,
  timezone: schedule.timezone,
  task: schedule.task,
  // Params came from JSON and go back to JSON.
  params: schedule.params as JsonObject,
  priority: schedule.priority,
  overlap: schedule.overlap,
  catchUp: schedule.catch_up,
  catchUpLimit: typed(schedule.catch_up_limit),
  maxRetries: typed(schedule.max_retries),
  timeout: typed(schedule.timeout_seconds),
  tags: schedule.tags.join(' '),
});

const number = (text: string): number | null => (text.trim() === '' ? null : Number(text));

/** Everything is said, also to change one: what was emptied must become empty. */
export function scheduleFrom(draft: Draft): NewSchedule & ScheduleChange {
  const limit = number(draft.catchUpLimit);
  return {
    name: draft.name.trim(),
    cron: draft.cron,
    timezone: draft.timezone,
    task: draft.task,
    params: draft.params,
    priority: draft.priority,
    overlap: draft.overlap,
    catch_up: draft.catchUp,
    ...(limit === null ? {} : { catch_up_limit: limit }),
    max_retries: number(draft.maxRetries),
    timeout_seconds: number(draft.timeout),
    tags: wordsOf(draft.tags),
  };
}
