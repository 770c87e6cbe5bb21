/** How a worker stands, in words for people. Pure. */
import type { Worker } from '@/shared/api/types';

/** Two heartbeats and a bit: a worker that misses them is late, and lost some seconds later. */
const LATE_SECONDS = 12;

interface Standing {
  word: string;
  /** The dot's and the word's colour. */
  dot: string;
  tone: string;
}

export function standingOf(worker: Worker, heartbeatAge: number): Standing {
  if (worker.state === 'lost') return { word: 'lost', dot: 'bg-fail', tone: 'text-fail' };
  if (worker.state === 'stopped') return { word: 'stopped', dot: 'bg-idle', tone: 'text-faint' };
  if (worker.stop_requested_at) return { word: 'stopping', dot: 'bg-retry', tone: 'text-retry' };
  if (heartbeatAge > LATE_SECONDS) return { word: 'late', dot: 'bg-retry', tone: 'text-retry' };
  return { word: 'online', dot: 'bg-ok', tone: 'text-soft' };
}
