/** Whether a key is good: asked before it is kept. */
import { apiUrl } from '@/shared/api/environment';
import { asProblem, problemFrom } from '@/shared/api/problem';

/** Outside the signed client on purpose: the key at hand is not the one of this browser yet. */
export async function tryKey(key: string): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(apiUrl('/api/v1/queues'), { headers: { Authorization: `Bearer ${key}` } });
  } catch (error) {
    throw asProblem(error);
  }
  if (!answer.ok) throw problemFrom(answer.status, await answer.json().catch(() => null));
}

/** The key in a sign-in link's fragment, `#key=tj_...`: a fragment never reaches a server or its log. */
export const keyInFragment = (hash: string): string | null =>
  new URLSearchParams(hash.replace(/^#/, '')).get('key');
