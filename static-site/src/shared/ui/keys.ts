/** Whether single letters are commands. Who dictates, or types with a stray hand, turns them off (WCAG 2.2, 2.1.4). */
import { useSyncExternalStore } from 'react';

const STORED_AS = 'trajectory.keys';
const OFF = 'off';
const listeners = new Set<() => void>();

export const lettersWork = (): boolean => localStorage.getItem(STORED_AS) !== OFF;

export function letLettersWork(work: boolean): void {
  if (work) localStorage.removeItem(STORED_AS);
  else localStorage.setItem(STORED_AS, OFF);
  for (const listener of listeners) listener();
}

export const useLettersWork = (): boolean =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, lettersWork);

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export const PALETTE_KEYS = isMac ? ['⌘', 'K'] : ['Ctrl', 'K'];
