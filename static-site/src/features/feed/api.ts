/** The feed's two doors to the server: the socket and the poll. */
import { api, read, takeTicket } from '@/shared/api/client';
import { socketUrl } from '@/shared/api/environment';
import { eventsFrom, type FeedEvent } from './events';

/** How long the server may hold a poll open. */
export const POLL_SECONDS = 20;

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
  const page = await read(api().GET('/api/v1/events', { params: { query }, signal }));
  return { cursor: page.cursor, events: eventsFrom(page.events), resync: page.resync };
}

export async function openSocket(after: string | null): Promise<WebSocket> {
  const { ticket } = await takeTicket();
  const query = new URLSearchParams({ ticket });
  if (after) query.set('after', after);
  return new WebSocket(socketUrl(`/ws?${query}`));
}
