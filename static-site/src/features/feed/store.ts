/**
 * The live feed: one cursor, fed by the socket while it holds and by polling while it does not.
 *
 * A machine that slept comes back with a socket that looks open: a clock that jumped says so, and it is opened anew.
 * A socket that does not open, or dies twice, is replaced by polling and tried again every 30 s. A hidden tab asks
 * for nothing and catches up by its cursor when it is shown. The server says something every 20 s: a socket that is
 * silent for longer has lost its line, whatever a poll would say, and is treated like one that died.
 */
import { followServerTime, serverNow } from '@/shared/format/clock';
import { asProblem } from '@/shared/api/problem';
import { openSocket, POLL_SECONDS, pollEvents, type FeedPage } from './api';
import { messageFrom, type FeedBatch, type FeedMessage } from './events';
import { Gatherer } from './gatherer';

export const SOCKET_AGAIN_MILLISECONDS = 30_000;
const LOOK_AT_CLOCK_MILLISECONDS = 2_000;
/** A busy page runs its timers late, too; only a longer gap is sleep. */
const SLEPT_MILLISECONDS = 10_000;
const REOPEN_MILLISECONDS = 300;
const HELLO_WITHIN_MILLISECONDS = 8_000;
/** The server's longest silence, its pings being 20 s apart, and some more for a line that is slow. */
const SILENT_TOO_LONG_MILLISECONDS = 25_000;
const STEADY_AFTER_MILLISECONDS = 60_000;
const POLL_AGAIN_MILLISECONDS = [1_000, 2_000, 5_000, 10_000];

export type Link = 'off' | 'opening' | 'socket' | 'polling';

export interface FeedStatus {
  link: Link;
  /** When the server last said anything, in its own milliseconds. */
  heardAt: number | null;
  /** Why the last try failed, while it is failing. */
  fault: string | null;
  cursor: string | null;
}

type Timer = ReturnType<typeof setTimeout>;

export class FeedStore {
  private current: FeedStatus = { link: 'off', heardAt: null, fault: null, cursor: null };
  private readonly statusListeners = new Set<() => void>();
  private readonly batchListeners = new Set<(batch: FeedBatch) => void>();
  private readonly gatherer = new Gatherer((batch) =>
    this.batchListeners.forEach((listener) => listener(batch)),
  );
  private started = false;
  /** Grows with each start and stop; whatever was begun under an older number is ignored when it returns. */
  private era = 0;
  private deaths = 0;
  private socket: WebSocket | null = null;
  /** Where the server stood at its hello; ours only once what was missed until then has come. */
  private greeted: string | null = null;
  private opening = false;
  private polling: AbortController | null = null;
  private retryTimer: Timer | undefined;
  private guardTimer: Timer | undefined;
  private clockTimer: ReturnType<typeof setInterval> | undefined;

  readonly status = (): FeedStatus => this.current;

  readonly onStatus = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  };

  onBatch(listener: (batch: FeedBatch) => void): () => void {
    this.batchListeners.add(listener);
    return () => this.batchListeners.delete(listener);
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    document.addEventListener('visibilitychange', this.followVisibility);
    addEventListener('online', this.reconnect);
    this.watchClock();
    this.followVisibility();
  }

  stop(): void {
    this.started = false;
    document.removeEventListener('visibilitychange', this.followVisibility);
    removeEventListener('online', this.reconnect);
    clearInterval(this.clockTimer);
    this.disconnect();
    this.become({ link: 'off', fault: null, heardAt: null, cursor: null });
  }

  /** Try the socket now, whatever the timers say. */
  readonly reconnect = (): void => {
    if (!this.started || document.visibilityState === 'hidden') return;
    this.disconnect();
    this.deaths = 0;
    void this.open();
  };

  private watchClock(): void {
    let lookedAt = Date.now();
    this.clockTimer = setInterval(() => {
      const gap = Date.now() - lookedAt;
      lookedAt = Date.now();
      if (gap > LOOK_AT_CLOCK_MILLISECONDS + SLEPT_MILLISECONDS) this.reconnect();
    }, LOOK_AT_CLOCK_MILLISECONDS);
  }

  private readonly followVisibility = (): void => {
    if (document.visibilityState === 'hidden') {
      this.disconnect();
      this.become({ link: 'off' });
    } else if (this.current.link === 'off') {
      void this.open();
    }
  };

  private disconnect(): void {
    this.era += 1;
    clearTimeout(this.retryTimer);
    clearTimeout(this.guardTimer);
    this.socket?.close(1000);
    this.socket = null;
    this.opening = false;
    this.polling?.abort();
    this.polling = null;
  }

  private async open(): Promise<void> {
    if (this.opening) return;
    const { era } = this;
    this.opening = true;
    if (!this.polling) this.become({ link: 'opening' });
    try {
      const socket = await openSocket(this.current.cursor);
      if (era === this.era) this.attend(socket, era);
      else socket.close(1000);
    } catch (error) {
      if (era === this.era) this.fallBack(asProblem(error).message);
    }
  }

  private attend(socket: WebSocket, era: number): void {
    this.socket = socket;
    this.guard(socket, HELLO_WITHIN_MILLISECONDS);
    socket.onmessage = (frame) => {
      if (era !== this.era || socket !== this.socket) return;
      const message = messageFrom(frame.data);
      if (!message) return;
      this.guard(socket, SILENT_TOO_LONG_MILLISECONDS);
      this.hear(message);
    };
    socket.onclose = (event) => {
      if (era !== this.era || socket !== this.socket) return;
      this.afterClose(event.reason || `The socket closed (${event.code})`);
    };
  }

  /** Gives a socket so long to say something. */
  private guard(socket: WebSocket, milliseconds: number): void {
    clearTimeout(this.guardTimer);
    this.guardTimer = setTimeout(() => {
      if (socket !== this.socket) return;
      this.giveUp(socket, this.opening ? 'it did not open in time' : 'it fell silent');
    }, milliseconds);
  }

  private giveUp(socket: WebSocket, reason: string): void {
    socket.onclose = null;
    socket.close();
    this.afterClose(`The socket was given up: ${reason}`);
  }

  private hear(message: FeedMessage): void {
    if (message.type === 'hello') {
      this.welcome(message);
      return;
    }
    if (message.type === 'resync') this.gatherer.takeResync();
    this.gatherer.take(message.events);
    this.heard(message.cursor ?? (message.type === 'resync' ? this.greeted : null));
  }

  private welcome(hello: FeedMessage): void {
    if (hello.serverTime) followServerTime(hello.serverTime);
    this.polling?.abort();
    this.polling = null;
    this.opening = false;
    this.greeted = hello.cursor;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => (this.deaths = 0), STEADY_AFTER_MILLISECONDS);
    this.become({ link: 'socket' });
    const isFirst = this.current.cursor === null;
    // What was read before the first cursor was known may have changed unheard.
    if (isFirst) this.gatherer.takeResync();
    this.heard(isFirst ? hello.cursor : null);
  }

  private afterClose(fault: string): void {
    const wasOpen = !this.opening;
    clearTimeout(this.guardTimer);
    this.socket = null;
    this.opening = false;
    if (wasOpen) this.deaths += 1;
    if (wasOpen && this.deaths < 2) {
      this.become({ link: 'opening' });
      clearTimeout(this.retryTimer);
      this.retryTimer = setTimeout(() => void this.open(), REOPEN_MILLISECONDS);
      return;
    }
    this.fallBack(fault);
  }

  private fallBack(fault: string): void {
    this.opening = false;
    this.become({ fault });
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => void this.open(), SOCKET_AGAIN_MILLISECONDS);
    if (!this.polling) void this.poll();
  }

  private async poll(): Promise<void> {
    const control = new AbortController();
    this.polling = control;
    this.become({ link: 'polling' });
    let failures = 0;
    while (!control.signal.aborted) {
      try {
        const isFirst = this.current.cursor === null;
        // After a failure the first question is whether the server is there at all: it must not take 20 s to say so.
        const wait = failures > 0 ? 0 : POLL_SECONDS;
        const page = await pollEvents(this.current.cursor, control.signal, wait);
        // Read again after the wait: the socket may have taken over meanwhile.
        if (this.polling !== control) return;
        this.become({ fault: null });
        this.takePage(page, isFirst);
        if (failures > 0) void this.open();
        failures = 0;
      } catch (error) {
        if (this.polling !== control) return;
        const problem = asProblem(error);
        // The server forgot this cursor or never knew it: begin anew, with everything read again.
        this.become(problem.code === 'invalid_cursor' ? { cursor: null } : { fault: problem.message });
        await pause(POLL_AGAIN_MILLISECONDS[Math.min(failures, POLL_AGAIN_MILLISECONDS.length - 1)] ?? 1_000);
        failures += 1;
      }
    }
  }

  private takePage(page: FeedPage, isFirst = false): void {
    if (page.resync || isFirst) this.gatherer.takeResync();
    this.gatherer.take(page.events);
    this.heard(page.cursor);
  }

  private heard(cursor: string | null): void {
    this.become({
      heardAt: serverNow(),
      cursor: cursor ?? this.current.cursor,
      ...(this.current.link === 'socket' ? { fault: null } : {}),
    });
  }

  private become(change: Partial<FeedStatus>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.statusListeners) listener();
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
