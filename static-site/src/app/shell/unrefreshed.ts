/** What is on the page and could not be read again: shown, but old. */
import type { Query, QueryClient } from '@tanstack/react-query';
import { asProblem } from '@/shared/api/problem';

export interface Unrefreshed {
  /** What the server said, or that it said nothing. */
  words: string;
  /** When the oldest of it was read, in the page's own milliseconds. */
  readAt: number;
}

/** A refusal is an answer, and the view that asked shows it. */
const isOld = (query: Query): boolean =>
  query.state.status === 'error' &&
  query.state.data !== undefined &&
  isTrouble(query.state.error) &&
  query.isActive();

function isTrouble(error: unknown): boolean {
  const { status } = asProblem(error);
  return status < 400 || status >= 500;
}

const oldOnes = (client: QueryClient): Query[] => client.getQueryCache().findAll({ predicate: isOld });

export function unrefreshed(client: QueryClient): Unrefreshed | null {
  const old = oldOnes(client);
  const [first] = old;
  if (!first) return null;
  const readAt = Math.min(...old.map(({ state }) => state.dataUpdatedAt));
  return { words: asProblem(first.state.error).message, readAt };
}

export const readAgain = (client: QueryClient): void => void client.refetchQueries({ predicate: isOld });

/** Calls when `unrefreshed` may have changed. News comes a thousand times a second, and changes nothing while all is well. */
export function onUnrefreshed(client: QueryClient, changed: () => void): () => void {
  let wasOld = false;
  return client.getQueryCache().subscribe((event) => {
    const failed = event.type === 'updated' && event.action.type === 'error';
    if (!failed && !wasOld) return;
    wasOld = unrefreshed(client) !== null;
    changed();
  });
}
