/** What the form holds, what is sent, and what the server found wrong with it. Pure. */
import type { FieldFault } from '@/shared/api/problem';
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
  const tags = draft.tags.split(/[\s,]+/).filter(Boolean);
  return {
    task,
    params: draft.params,
    priority: draft.priority,
    ...(draft.delay === '' ? {} : { delay_seconds: Number(draft.delay) }),
    ...(draft.maxRetries === '' ? {} : { max_retries: Number(draft.maxRetries) }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

export function faultsByPointer(faults: FieldFault[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { pointer, message } of faults) {
    // A fault inside a tag belongs to the one field that holds them all.
    const field = pointer.replace(/^\/tags\/\d+$/, '/tags');
    found.set(field, [...(found.get(field) ?? []), message]);
  }
  return found;
}
