/** The feed's two doors to the server: the socket and the poll. */
import { api, read, takeTicket } from '@/shared/api/client';
import { socketUrl } from '@/shared/api/environment';
import { Problem } from '@/shared/api/problem';
import { eventsFrom, type FeedEvent } from './events';

/** How long the server may hold a poll open. */
export const POLL_SECONDS = 20;
/** How much later than promised a poll may be answered. */
const POLL_LATE_SECONDS = 10;
const TICKET_SECONDS = 8;

export interface FeedPage {
  cursor: string;
  events: FeedEvent[];
  resync: boolean;
}

export async function pollEvents(
  after: string | null,
  signal: AbortSignal,
  wait = POLL_SECONDS,
): Promise<FeedPage> {
  const query = { after: after ?? undefined, wait };
  const page = await within(
    wait + POLL_LATE_SECONDS,
    (limited) => read(api().GET('/api/v1/events', { params: { query }, signal: limited })),
    signal,
  );
  return { cursor: page.cursor, events: eventsFrom(page.events), resync: page.resync };
}

export async function openSocket(after: string | null): Promise<WebSocket> {
  const { ticket } = await within(TICKET_SECONDS, takeTicket);
  const query = new URLSearchParams({ ticket });
  if (after) query.set('after', after);
  return new WebSocket(socketUrl(`/ws?${query}`));
}

/** A browser waits minutes for a server that hangs: what is asked fails after so long, and is no longer waited for. */
async function within<T>(
  seconds: number,
  ask: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const control = new AbortController();
  const abort = () => control.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Before the abort, whose own error says nothing.
      reject(new Problem(0, 'too_late', 'The server did not answer in time', ''));
      control.abort();
    }, seconds * 1000);
  });
  try {
    return await Promise.race([ask(control.signal), tooLate]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
