/** What the form holds and what is sent. Pure. */
import { wordsOf } from '@/shared/form/words';
import type { JsonObject, Priority, Submission } from '@/shared/api/types';

export interface Draft {
  params: JsonObject;
  priority: Priority;
  /** As typed: an empty field says nothing, and the server's default holds. */
  delay: string;
  maxRetries: string;
  tags: string;
}

export const emptyDraft = (params: JsonObject): Draft => ({
  params,
  priority: 'medium',
  delay: '',
  maxRetries: '',
  tags: '',
});

export function submissionFrom(task: string, draft: Draft): Submission {
  const tags = wordsOf(draft.tags);
  return {
    task,
    params: draft.params,
    priority: draft.priority,
    ...(draft.delay === '' ? {} : { delay_seconds: Number(draft.delay) }),
    ...(draft.maxRetries === '' ? {} : { max_retries: Number(draft.maxRetries) }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}
