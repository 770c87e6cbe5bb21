/** What the form holds and what is sent. Pure. */
import { wordsOf } from '@/shared/form/words';
import type { FieldFault } from '@/shared/api/problem';
import type { JsonObject, Priority, Submission } from '@/shared/api/types';

export type When = 'now' | 'later' | 'at';

export interface Draft {
  params: JsonObject;
  priority: Priority;
  when: When;
  /** As typed: an empty field says nothing, and the server's default holds. */
  delay: string;
  /** By the clock of the reader, as its field holds it: `2026-01-31T09:30`. */
  at: string;
  maxRetries: string;
  tags: string;
}

export const emptyDraft = (params: JsonObject): Draft => ({
  params,
  priority: 'medium',
  when: 'now',
  delay: '',
  at: '',
  maxRetries: '',
  tags: '',
});

export function submissionFrom(task: string, draft: Draft): Submission {
  const tags = wordsOf(draft.tags);
  return {
    task,
    params: draft.params,
    priority: draft.priority,
    ...dueFrom(draft),
    ...(draft.maxRetries === '' ? {} : { max_retries: Number(draft.maxRetries) }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

const NO_DELAY: FieldFault = { pointer: '/delay_seconds', message: 'say how many seconds' };
const NO_TIME: FieldFault = { pointer: '/run_at', message: 'say a day and a time' };

/** What the form leaves open of when the job is to run: sent without it, the job would run at once. */
export function unsaidIn({ when, delay, at }: Draft): FieldFault | null {
  if (when === 'later' && delay === '') return NO_DELAY;
  return when === 'at' && Number.isNaN(Date.parse(at)) ? NO_TIME : null;
}

function dueFrom({ when, delay, at }: Draft): Pick<Submission, 'delay_seconds' | 'run_at'> {
  if (when === 'later' && delay !== '') return { delay_seconds: Number(delay) };
  const time = when === 'at' ? Date.parse(at) : NaN;
  return Number.isNaN(time) ? {} : { run_at: new Date(time).toISOString() };
}
