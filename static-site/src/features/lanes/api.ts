/** The lanes of a span: one whole reading, then only what came after. */
import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import type { Span } from './camera';
import { timelineFrom, withTail, type Timeline } from './timeline';

const KEY = ['lanes'] as const;
const OPEN = [...KEY, 'open'] as const;

/** What a slot ended is recorded a moment later, and was done by a transaction that began before. */
const SLACK_MILLISECONDS = 5_000;
const WHOLE_AGAIN_MILLISECONDS = 60_000;

interface HeldTimeline extends Timeline {
  /** When all of it was read, in the server's time. */
  wholeAt: number;
}

async function readLanes(from: number, to: number | null, signal: AbortSignal): Promise<Timeline> {
  const query = {
    from: new Date(from).toISOString(),
    to: to === null ? undefined : new Date(to).toISOString(),
  };
  return timelineFrom(await read(api().GET('/api/v1/lanes', { params: { query }, signal })));
}

export const timelineQuery = (span: Span) => {
  const queryKey =
    span.to === null ? ([...OPEN, span.from] as const) : ([...KEY, 'closed', span.from, span.to] as const);
  return queryOptions({
    queryKey,
    queryFn: async ({ client, signal }): Promise<HeldTimeline> => {
      const held = span.to === null ? client.getQueryData<HeldTimeline>(queryKey) : undefined;
      if (held && held.readAt - held.wholeAt < WHOLE_AGAIN_MILLISECONDS) {
        const from = Math.max(span.from, held.readAt - SLACK_MILLISECONDS);
        const { timeline, isTorn } = withTail(held, await readLanes(from, null, signal));
        // While there is more than one answer holds, reading it all again would tell no more.
        if (!isTorn || timeline.completeFrom !== null) return { ...timeline, wholeAt: held.wholeAt };
      }
      const whole = await readLanes(span.from, span.to, signal);
      return { ...whole, wholeAt: whole.readAt };
    },
    // Kept true by the feed; the interval makes up for news that came while it was being read.
    staleTime: span.to === null ? 5_000 : Infinity,
    refetchInterval: span.to === null ? 10_000 : false,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    gcTime: 60_000,
  });
};

/** Something ran: if lanes are on the screen, what came after is read. */
export const hearLanes = (client: QueryClient): void =>
  void client.invalidateQueries({ queryKey: OPEN }, { cancelRefetch: false });
