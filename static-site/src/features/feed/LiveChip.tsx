import { useSyncExternalStore } from 'react';
import { useNow } from '@/shared/format/clock';
import { span, ticking } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { Pop } from '@/shared/ui/Pop';
import { feed } from './feed';
import { moodOf, type Mood } from './mood';
import type { FeedStatus } from './store';

const LOOK: Record<Mood, { word: string; dot: string; says: string }> = {
  connecting: { word: 'connecting', dot: 'bg-idle', says: 'Opening the connection to the server.' },
  live: { word: 'live', dot: 'bg-ok', says: 'Connected by WebSocket: every change shows within a moment.' },
  polling: {
    word: 'polling',
    dot: 'bg-run',
    says: 'The WebSocket does not hold, so this page asks for changes instead. Nothing is missed. The socket is tried again every 30 s.',
  },
  stale: {
    word: 'stale',
    dot: 'bg-retry',
    says: 'The server has gone silent. What you see may be out of date; this page keeps trying.',
  },
  paused: { word: 'paused', dot: 'bg-idle', says: 'Not asking while the tab is hidden.' },
};

export function LiveChip() {
  const status = useSyncExternalStore(feed.onStatus, feed.status);
  return <LiveChipView status={status} reconnect={feed.reconnect} />;
}

export function LiveChipView({ status, reconnect }: { status: FeedStatus; reconnect: () => void }) {
  const { mood, silentSeconds } = moodOf(status, useNow());
  const look = LOOK[mood];
  return (
    <Pop
      label="Connection"
      place="below, to the end"
      className="w-72 p-4"
      trigger={(opens) => (
        <span role="status" data-testid="live-chip" className="inline-flex">
          <button
            type="button"
            {...opens}
            // As wide as its longest usual word, so that nothing beside it moves when that changes.
            className="num inline-flex min-h-7 min-w-26 items-center justify-center gap-2 rounded-full border max-md:min-w-15 border-line bg-panel px-2.5 text-xs whitespace-nowrap text-soft transition duration-(--quick) hover:border-line-2 hover:text-text"
          >
            <span
              className={`size-[7px] rounded-full ${look.dot} ${mood === 'live' ? 'animate-[pulse-ring_2s_ease-out_infinite] text-ok' : ''}`}
              aria-hidden="true"
            />
            <span>
              {mood === 'connecting' && (
                <span aria-hidden="true" className="md:hidden">
                  …
                </span>
              )}
              <span className={mood === 'connecting' ? 'max-md:sr-only' : ''}>{look.word}</span>
              {mood === 'stale' && silentSeconds !== null && (
                <span aria-hidden="true"> {ticking(silentSeconds)}</span>
              )}
            </span>
          </button>
        </span>
      )}
    >
      <p className="text-xs text-soft">{look.says}</p>
      <dl className="num mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
        <dt className="text-faint">Last word</dt>
        <dd>{silentSeconds === null ? 'none yet' : `${span(silentSeconds)} ago`}</dd>
        <dt className="text-faint">Cursor</dt>
        <dd className="truncate font-mono text-2xs leading-[18px]">{status.cursor ?? '–'}</dd>
        {status.fault && (
          <>
            <dt className="text-faint">Fault</dt>
            <dd className="wrap-anywhere text-fail">{status.fault}</dd>
          </>
        )}
      </dl>
      {mood !== 'live' && (
        <Button className="mt-3 w-full" icon="retry" onClick={reconnect}>
          Reconnect now
        </Button>
      )}
    </Pop>
  );
}
