import type { UseQueryResult } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState } from 'react';
import type { LogLine } from '@/shared/api/types';
import { count, exactTime, plural, timeOfDayMillis } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import type { LogTail } from '../api';

const SHOWN_AT_FIRST = 500;
const NEAR_END = 24;

const LEVEL: Record<LogLine['level'], { word: string; tone: string }> = {
  debug: { word: 'debug', tone: 'text-faint' },
  info: { word: 'info', tone: 'text-faint' },
  warning: { word: 'warn', tone: 'text-retry' },
  error: { word: 'error', tone: 'text-fail' },
};

/** What the task wrote, growing at the end. It follows until the reader scrolls up. */
export function Log({ query, live, name }: { query: UseQueryResult<LogTail>; live: boolean; name: string }) {
  const { data, error, refetch } = query;
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const lines = data?.lines ?? [];
  const hidden = Math.max(0, lines.length - shown);

  useLayoutEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [following, lines.length]);

  return (
    <Panel
      title="Log"
      note={
        data &&
        (lines.length > 0
          ? `${plural(lines.length, 'line')}${live ? (following ? ', following' : ', paused') : ''}`
          : undefined)
      }
      actions={
        lines.length > 0 && (
          <>
            {live && !following && (
              <Button kind="quiet" icon="down" onClick={() => setFollowing(true)}>
                Follow
              </Button>
            )}
            <Button kind="quiet" icon="download" onClick={() => save(lines, name)}>
              Download
            </Button>
          </>
        )
      }
    >
      {!data && error ? (
        <FailedToLoad what="The log" error={error} retry={() => void refetch()} compact />
      ) : !data ? (
        <Skeleton rows={3} height={14} />
      ) : lines.length === 0 ? (
        <Notice icon="jobs" title="Nothing logged" compact>
          {live && 'Lines show up here as the task writes them.'}
        </Notice>
      ) : (
        <div
          ref={box}
          role="log"
          aria-label="Log lines"
          aria-live="off"
          tabIndex={0}
          className="num max-h-[420px] overflow-auto px-4 py-3 font-mono text-xs leading-[1.65]"
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
            setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END)
          }
        >
          {hidden > 0 && (
            <button type="button" className="mb-1 text-faint underline" onClick={() => setShown(shown * 4)}>
              {count(hidden)} earlier lines
            </button>
          )}
          {lines.slice(hidden).map((line, index, all) => (
            <Line
              key={line.number}
              line={line}
              newAttempt={index > 0 && all[index - 1]?.attempt !== line.attempt}
            />
          ))}
        </div>
      )}
    </Panel>
  );
}

const Line = ({ line, newAttempt }: { line: LogLine; newAttempt: boolean }) => (
  <>
    {newAttempt && (
      <div className="my-1.5 flex items-center gap-2 text-2xs text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        attempt {line.attempt}
      </div>
    )}
    <div className="grid grid-cols-[92px_44px_1fr] gap-x-2.5 max-sm:grid-cols-[44px_1fr]">
      <time className="text-faint max-sm:hidden" title={exactTime(line.at)}>
        {timeOfDayMillis(line.at)}
      </time>
      <span className={LEVEL[line.level].tone}>{LEVEL[line.level].word}</span>
      <span
        className={`wrap-anywhere whitespace-pre-wrap ${line.level === 'error' ? 'text-fail' : line.level === 'debug' ? 'text-soft' : ''}`}
      >
        {line.message}
      </span>
    </div>
  </>
);

function save(lines: LogLine[], name: string): void {
  const text = lines.map((line) => `${line.at} ${line.attempt} ${line.level} ${line.message}`).join('\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: 'text/plain' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
