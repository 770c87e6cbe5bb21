/** What the chip may truthfully say, from how the feed is connected and how long the server has been silent. */
import type { FeedStatus } from './store';

const SILENT_SOCKET_SECONDS = 30;
const SILENT_POLL_SECONDS = 40;
const BLINK_SECONDS = 4;

export type Mood = 'connecting' | 'live' | 'polling' | 'stale' | 'paused';

export function moodOf(status: FeedStatus, now: number): { mood: Mood; silentSeconds: number | null } {
  const silentSeconds =
    status.heardAt === null ? null : Math.max(0, Math.floor((now - status.heardAt) / 1000));
  return { mood: name(status, silentSeconds), silentSeconds };
}

function name({ link, fault }: FeedStatus, silentSeconds: number | null): Mood {
  if (silentSeconds === null) return fault && link === 'polling' ? 'stale' : 'connecting';
  switch (link) {
    case 'socket':
      return silentSeconds > SILENT_SOCKET_SECONDS ? 'stale' : 'live';
    case 'polling':
      return (fault && silentSeconds > BLINK_SECONDS) || silentSeconds > SILENT_POLL_SECONDS
        ? 'stale'
        : 'polling';
    case 'opening':
      return silentSeconds > BLINK_SECONDS ? 'stale' : 'connecting';
    case 'off':
      return 'paused';
  }
}
