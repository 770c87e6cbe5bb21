/** The API key of this browser: kept in localStorage, read by every call, dropped when the server refuses it. */
import { useSyncExternalStore } from 'react';

const STORED_AS = 'trajectory.key';

interface Credentials {
  key: string | null;
  /** Why the last key was given up, to be shown on the sign-in page. */
  refusal: string | null;
}

let current: Credentials = { key: localStorage.getItem(STORED_AS), refusal: null };
const listeners = new Set<() => void>();

function become(next: Credentials): void {
  // Listeners load the page anew: told of a change that is none, a page that signs in as it loads would never end.
  if (next.key === current.key && next.refusal === current.refusal) return;
  current = next;
  if (next.key === null) localStorage.removeItem(STORED_AS);
  else localStorage.setItem(STORED_AS, next.key);
  for (const listener of listeners) listener();
}

export const credentials = {
  read: (): Credentials => current,
  signIn(key: string): void {
    become({ key: key.trim(), refusal: null });
  },
  signOut(): void {
    become({ key: null, refusal: null });
  },
  /** The server answered 401 to `key`. A late answer to an older key changes nothing. */
  reject(key: string | null, reason: string): void {
    if (key !== current.key || key === null) return;
    become({ key: null, refusal: reason });
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function useCredentials(): Credentials {
  return useSyncExternalStore(credentials.subscribe, credentials.read);
}

// Another tab signed in or out.
addEventListener('storage', (event) => {
  if (event.key === STORED_AS && event.newValue !== current.key)
    become({ key: event.newValue, refusal: null });
});
