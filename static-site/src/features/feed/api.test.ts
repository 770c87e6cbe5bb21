import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { credentials } from '@/shared/api/credentials';
import { openSocket, pollEvents } from './api';

let asked: Request[];

/** A server that never answers: a request ends when it is aborted, as in a browser. */
function hang(): void {
  asked = [];
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request);
    return new Promise((_, reject) => {
      const end = () => reject(new DOMException('The request was aborted', 'AbortError'));
      if (request.signal.aborted) end();
      request.signal.addEventListener('abort', end);
    });
  });
}

/** What became of a call, or null while it is under way. */
function outcomeOf(call: Promise<unknown>): () => unknown {
  let outcome: unknown = null;
  call.then(
    () => (outcome = 'answered'),
    (error: unknown) => (outcome = error),
  );
  return () => outcome;
}

beforeEach(() => {
  vi.useFakeTimers();
  credentials.signIn('tj_test');
  hang();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  ['a ticket', 8_000, () => openSocket(null)],
  ['a poll that waits', 30_000, () => pollEvents('1', new AbortController().signal)],
  ['a poll that does not', 10_000, () => pollEvents('1', new AbortController().signal, 0)],
])('gives up %s after %i ms, and the request with it', async (_, milliseconds, call) => {
  const outcome = outcomeOf(call());
  await vi.advanceTimersByTimeAsync(milliseconds - 1);

  expect(outcome()).toBeNull();
  expect(asked[0]?.signal.aborted).toBe(false);

  await vi.advanceTimersByTimeAsync(1);

  expect(outcome()).toMatchObject({ code: 'too_late', message: 'The server did not answer in time' });
  expect(asked[0]?.signal.aborted).toBe(true);
});

it.each(['before it is asked', 'while it waits'])(
  'ends a poll that is aborted %s, as aborted',
  async (when) => {
    const control = new AbortController();
    if (when === 'before it is asked') control.abort();
    const outcome = outcomeOf(pollEvents('1', control.signal));
    await vi.advanceTimersByTimeAsync(1_000);
    control.abort();
    await vi.advanceTimersByTimeAsync(0);

    expect(outcome()).toMatchObject({ name: 'AbortError' });
    expect(vi.getTimerCount()).toBe(0);
  },
);
