import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedBatch } from './events';
import { FeedStore, SOCKET_AGAIN_MILLISECONDS } from './store';
import { aSummary } from '@/shared/testing/factories';
import { refusal, serve, type Asked } from '@/shared/testing/server';
import { FakeSocket, lastSocket } from '@/shared/testing/socket';

const passed = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

const show = (state: 'visible' | 'hidden') => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
  document.dispatchEvent(new Event('visibilitychange'));
};

let store: FeedStore;
let batches: FeedBatch[];
let asked: Asked[];
let page: { cursor: string; events: unknown[]; resync: boolean } | Response | null;
/** Which requests a server that hangs leaves without an answer. */
let hung: string | null;

const TICKET = 'POST /api/v1/ticket';
const POLL = 'GET /api/v1/events';
const requests = (of: string) => asked.filter(({ route }) => route === of);
const polls = () => requests(POLL);
const never = new Promise<never>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
  FakeSocket.all = [];
  batches = [];
  page = { cursor: '5', events: [], resync: false };
  hung = null;
  asked = serve({
    [TICKET]: () => (hung === TICKET ? never : { ticket: 'T', expires_in_seconds: 30 }),
    [POLL]: async () => {
      if (hung === POLL) return never;
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      if (!page) throw new TypeError('refused');
      return page;
    },
  });
  store = new FeedStore();
  store.onBatch((batch) => batches.push(batch));
});

afterEach(() => {
  store.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function openedAt(cursor: string): Promise<FakeSocket> {
  store.start();
  await passed();
  lastSocket().say({ type: 'hello', cursor, server_time: new Date().toISOString() });
  await passed(100);
  batches = [];
  return lastSocket();
}

const job = (version: number, id = 'a') => ({ kind: 'job', job: aSummary('running', { id, version }) });

describe('the feed over the socket', () => {
  it('opens with a ticket and says it is connected only after the hello', async () => {
    store.start();
    await passed();

    expect(new URL(lastSocket().url).searchParams.get('ticket')).toBe('T');
    expect(store.status().link).toBe('opening');

    lastSocket().say({ type: 'hello', cursor: '1', server_time: '' });

    expect(store.status().link).toBe('socket');
    expect(store.status().cursor).toBe('1');
  });

  it('has everything read again after the first hello, because what was read before may have changed unheard', async () => {
    store.start();
    await passed();
    lastSocket().say({ type: 'hello', cursor: '1' });
    await passed(100);

    expect(batches).toMatchObject([{ resync: true }]);
  });

  it('gathers many events into one batch with the last word on each job', async () => {
    const socket = await openedAt('1');
    socket.say({ type: 'events', cursor: '2', events: [job(2), job(3), job(1, 'b')] });
    socket.say({ type: 'events', cursor: '3', events: [job(4)] });
    await passed(100);

    expect(batches).toHaveLength(1);
    expect(batches[0]?.jobs.map(({ id, version }) => [id, version])).toEqual([
      ['a', 4],
      ['b', 1],
    ]);
  });

  it('ignores a job event that is older than what it holds', async () => {
    const socket = await openedAt('1');
    socket.say({ type: 'events', cursor: '2', events: [job(7)] });
    await passed(100);
    socket.say({ type: 'events', cursor: '3', events: [job(6)] });
    await passed(100);

    expect(batches.flatMap(({ jobs }) => jobs.map(({ version }) => version))).toEqual([7]);
  });

  it('ignores unknown kinds and broken frames', async () => {
    const socket = await openedAt('1');
    socket.onmessage?.({ data: 'not json' });
    socket.say({ type: 'events', cursor: '2', events: [{ kind: 'weather' }, { kind: 'job' }, null] });
    await passed(100);

    expect(batches).toEqual([]);
    expect(store.status().cursor).toBe('2');
  });

  it('asks for everything again on a resync', async () => {
    const socket = await openedAt('1');
    socket.say({ type: 'resync' });
    await passed(100);

    expect(batches).toMatchObject([{ resync: true }]);
  });

  it('closes a gap: a socket that died is opened again where it stopped', async () => {
    const socket = await openedAt('1');
    socket.say({ type: 'events', cursor: '9', events: [] });
    socket.die();
    await passed(500);

    expect(FakeSocket.all).toHaveLength(2);
    expect(lastSocket().after).toBe('9');
    expect(polls()).toHaveLength(0);
  });

  it('takes a socket that fell silent for dead and opens one where it stopped, though a poll would be answered', async () => {
    const socket = await openedAt('1');
    await passed(25_500);

    expect(socket.closed).toBe(true);
    expect(FakeSocket.all).toHaveLength(2);
    expect(lastSocket().after).toBe('1');
    expect(polls()).toHaveLength(0);
  });

  it('polls when the next socket falls silent too, and says why', async () => {
    await openedAt('1');
    await passed(25_500);
    lastSocket().say({ type: 'hello', cursor: '1' });
    await passed(25_100);

    expect(store.status()).toMatchObject({
      link: 'polling',
      fault: 'The socket was given up: it fell silent',
    });
    expect(polls()[0]?.url.searchParams.get('after')).toBe('1');
  });

  it('keeps a socket on which nothing comes but pings', async () => {
    const socket = await openedAt('1');
    for (let pings = 0; pings < 5; pings += 1) {
      await passed(21_000);
      socket.say({ type: 'ping' });
    }

    expect(socket.closed).toBe(false);
    expect(FakeSocket.all).toHaveLength(1);
    expect(store.status()).toMatchObject({ link: 'socket', cursor: '1' });
  });

  it('does not move its cursor to a later hello before what was missed until then has come', async () => {
    await openedAt('3');
    lastSocket().die();
    await passed(500);
    lastSocket().say({ type: 'hello', cursor: '8' });

    expect(store.status().cursor).toBe('3');

    lastSocket().say({ type: 'events', cursor: '8', events: [job(1)] });

    expect(store.status().cursor).toBe('8');
  });

  it('goes on from the hello when what was missed is no longer known', async () => {
    await openedAt('3');
    lastSocket().die();
    await passed(500);
    lastSocket().say({ type: 'hello', cursor: '8' });
    lastSocket().say({ type: 'resync' });

    expect(store.status().cursor).toBe('8');
  });
});

describe('the feed by polling', () => {
  it('polls from the same cursor when the socket dies twice', async () => {
    const first = await openedAt('3');
    first.die();
    await passed(500);
    lastSocket().say({ type: 'hello', cursor: '3' });
    lastSocket().die();
    await passed();

    expect(store.status().link).toBe('polling');
    expect(polls()[0]?.url.searchParams.get('after')).toBe('3');
    expect(polls()[0]?.url.searchParams.get('wait')).toBe('20');
  });

  it('polls at once when the socket does not open, and delivers what the poll brings', async () => {
    page = { cursor: '6', events: [job(1)], resync: false };
    store.start();
    await passed();
    lastSocket().die(4401);
    await passed(5_200);

    expect(batches.flatMap(({ jobs }) => jobs)).toHaveLength(1);
    expect(store.status().cursor).toBe('6');
  });

  it('tries the socket again after 30 s and leaves polling when it holds', async () => {
    store.start();
    await passed();
    lastSocket().die();
    await passed(SOCKET_AGAIN_MILLISECONDS + 100);

    expect(FakeSocket.all).toHaveLength(2);
    expect(lastSocket().after).toBe('5');
    expect(store.status().link).toBe('polling');

    lastSocket().say({ type: 'hello', cursor: '5' });
    const before = polls().length;
    await passed(20_000);

    expect(store.status().link).toBe('socket');
    expect(polls()).toHaveLength(before);
  });

  it('asks for everything again when the poll says resync', async () => {
    await openedAt('3');
    lastSocket().die();
    await passed(500);
    lastSocket().die();
    page = { cursor: '90', events: [], resync: true };
    await passed(5_200);

    expect(batches).toMatchObject([{ resync: true }]);
    expect(store.status().cursor).toBe('90');
  });

  it('begins anew when the server does not know its cursor', async () => {
    await openedAt('3');
    lastSocket().die();
    await passed(500);
    page = refusal(400, { code: 'invalid_cursor' });
    lastSocket().die();
    await passed(5_200);

    expect(store.status().cursor).toBeNull();

    page = { cursor: '1', events: [], resync: false };
    await passed(7_000);

    expect(polls().at(1)?.url.searchParams.get('after')).toBeNull();
    expect(batches).toMatchObject([{ resync: true }]);
  });

  it('tries the socket at once when a server that was away answers again', async () => {
    page = null;
    store.start();
    await passed();
    lastSocket().die();
    await passed(5_100);
    page = { cursor: '8', events: [], resync: false };
    await passed(7_000);

    expect(FakeSocket.all).toHaveLength(2);
  });

  it('tells the fault while polling fails, and forgets it when the server answers', async () => {
    page = null;
    store.start();
    await passed();
    lastSocket().die();
    await passed(5_100);

    expect(store.status().fault).toContain('No answer');

    page = { cursor: '8', events: [], resync: false };
    await passed(7_000);

    expect(polls().at(1)?.url.searchParams.get('wait')).toBe('0');
    expect(store.status().fault).toBeNull();
    expect(store.status().cursor).toBe('8');
  });
});

describe('a server that hangs', () => {
  it('is given 8 s for a ticket; then the feed polls, and tries the socket again', async () => {
    hung = TICKET;
    store.start();
    await passed(7_900);

    expect(store.status().link).toBe('opening');

    await passed(200);

    expect(store.status()).toMatchObject({ link: 'polling', fault: 'The server did not answer in time' });
    expect(polls()).toHaveLength(1);

    hung = null;
    await passed(SOCKET_AGAIN_MILLISECONDS);

    expect(FakeSocket.all).toHaveLength(1);
  });

  it('is given 10 s more for a poll than it may wait; then the feed says so and asks again', async () => {
    hung = POLL;
    store.start();
    await passed();
    lastSocket().die();
    await passed(29_900);

    expect(store.status().fault).toContain('The socket closed');

    await passed(200);

    expect(store.status()).toMatchObject({ link: 'polling', fault: 'The server did not answer in time' });

    // The next asks for an answer at once, a second later.
    await passed(1_000);
    hung = null;
    await passed(9_900);

    expect(polls().map(({ url }) => url.searchParams.get('wait'))).toEqual(['20', '0']);

    await passed(8_000);

    expect(polls()).toHaveLength(4);
    expect(store.status()).toMatchObject({ link: 'polling', fault: null, cursor: '5' });
  });
});

describe('a hidden tab', () => {
  it('closes the socket and asks for nothing', async () => {
    const socket = await openedAt('4');
    const before = asked.length;
    show('hidden');
    await passed(120_000);

    expect(socket.closed).toBe(true);
    expect(asked).toHaveLength(before);
    expect(store.status().link).toBe('off');
  });

  it('catches up by its cursor when it is shown', async () => {
    await openedAt('4');
    show('hidden');
    await passed(60_000);
    show('visible');
    await passed();

    expect(lastSocket().after).toBe('4');
  });
});

describe('a machine that slept', () => {
  it('opens a new socket with its cursor when it wakes, without waiting for the old one to fail', async () => {
    const socket = await openedAt('4');
    vi.setSystemTime(Date.now() + 600_000);
    await passed(2_100);

    expect(socket.closed).toBe(true);
    expect(FakeSocket.all).toHaveLength(2);
    expect(lastSocket().after).toBe('4');
  });

  it('is not believed to have slept when the page was busy for some seconds', async () => {
    await openedAt('4');
    vi.setSystemTime(Date.now() + 5_000);
    await passed(2_100);

    expect(FakeSocket.all).toHaveLength(1);
  });
});
