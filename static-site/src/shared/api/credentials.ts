/** The API key of this browser for this environment: kept in localStorage, dropped when the server refuses it. */
import { useSyncExternalStore } from 'react';
import { storedAs } from './environment';

const stored = (): string => storedAs('key');

interface Credentials {
  key: string | null;
  /** Why the last key was given up, to be shown on the sign-in page. */
  refusal: string | null;
}

let current: Credentials | null = null;
const listeners = new Set<() => void>();

/** Read at first use: the environment is known only after `config.json` was read. */
const read = (): Credentials => (current ??= { key: localStorage.getItem(stored()), refusal: null });

function become(next: Credentials): void {
  const held = read();
  // Listeners load the page anew: told of a change that is none, a page that signs in as it loads would never end.
  if (next.key === held.key && next.refusal === held.refusal) return;
  current = next;
  if (next.key === null) localStorage.removeItem(stored());
  else localStorage.setItem(stored(), next.key);
  for (const listener of listeners) listener();
}

export const credentials = {
  read,
  signIn(key: string): void {
    become({ key: key.trim(), refusal: null });
  },
  signOut(): void {
    become({ key: null, refusal: null });
  },
  /** The server answered 401 to `key`. A late answer to an older key changes nothing. */
  reject(key: string | null, reason: string): void {
    if (key !== read().key || key === null) return;
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
  if (event.key === stored() && event.newValue !== read().key) become({ key: event.newValue, refusal: null });
});
