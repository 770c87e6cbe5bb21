/** Time as the server sees it, ticking for every view from one timer. */
import { useSyncExternalStore } from 'react';

let offset = 0;

/** The feed tells the server's time; ages and countdowns follow it rather than a wrong clock of this machine. */
export function followServerTime(serverTime: string, localNow: number = Date.now()): void {
  const server = Date.parse(serverTime);
  if (Number.isFinite(server)) offset = Math.abs(server - localNow) < 1500 ? 0 : server - localNow;
}

export const serverNow = (): number => Date.now() + offset;

const watchers = new Set<() => void>();
const thisSecond = () => Math.floor(Date.now() / 1000);
let second = thisSecond();
let timer: ReturnType<typeof setInterval> | undefined;

function watch(listener: () => void): () => void {
  watchers.add(listener);
  if (timer === undefined) {
    second = thisSecond(); // nobody looked for a while, and it stood still
    timer = setInterval(() => {
      second = thisSecond();
      for (const watcher of watchers) watcher();
    }, 1000);
  }
  return () => {
    watchers.delete(listener);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now in milliseconds, renewed each second. */
export function useNow(): number {
  const now = useSyncExternalStore(watch, () => second);
  return now * 1000 + offset;
}
