import { describe, expect, it } from 'vitest';
import { aRun, theLanes } from '@/shared/testing/factories';
import { instant, overtaking, runsIn, timelineFrom, withoutOldest, withTail } from './timeline';
import { overtakingWords } from './words';

const BEGIN = Date.UTC(2026, 0);

it('keeps what the server says below a millisecond', () => {
  expect(instant('2026-01-01T00:00:00.000250Z')).toBe(BEGIN + 0.25);
  expect(instant('2026-01-01T00:00:01Z')).toBe(BEGIN + 1000);
});

describe('reading on', () => {
  it('ends a run that was going on, keeps what had ended, and adds what began', () => {
    const old = aRun(1, 2);
    const open = aRun(2, null);
    const held = timelineFrom(theLanes([[old, open]]));
    const ended = { ...open, finished_at: aRun(0, 5).finished_at, outcome: 'failed' as const };
    const { timeline, isTorn } = withTail(
      held,
      timelineFrom(theLanes([[ended, aRun(5, null)]], { from: '2026-01-01T00:00:04Z' })),
    );

    expect(isTorn).toBe(false);
    expect(timeline.lanes[0]?.runs.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed', null]);
    expect(timeline.from).toBe(BEGIN);
  });

  it('is torn when a run that was going on is gone without an end', () => {
    const held = timelineFrom(theLanes([[aRun(2, null)]]));
    const { timeline, isTorn } = withTail(held, timelineFrom(theLanes([[]])));

    expect(isTorn).toBe(true);
    expect(timeline.lanes[0]?.runs).toEqual([]);
  });

  it('gives a worker that came later lanes of its own, in the order of names', () => {
    const held = timelineFrom(theLanes([[aRun(1, 2)]]));
    const lane = { worker_id: 'a', worker: 'another', slot: 0, runs: [aRun(3, 4)] };
    const tail = timelineFrom({ ...theLanes([]), lanes: [lane] });

    expect(withTail(held, tail).timeline.lanes.map(({ worker }) => worker)).toEqual(['another', 'worker-1']);
  });

  it('says from when it is complete where an answer left something out', () => {
    const held = timelineFrom(theLanes([[]]));
    const tail = timelineFrom(theLanes([[]], { truncated: true, complete_from: '2026-01-01T00:00:30Z' }));

    expect(held.completeFrom).toBeNull();
    expect(withTail(held, tail).timeline.completeFrom).toBe(BEGIN + 30_000);
  });
});

it('lets the oldest go when it holds too many, and never one that is going on', () => {
  const timeline = timelineFrom(theLanes([[aRun(1, 2), aRun(3, 4), aRun(5, 6)], [aRun(0, null)]]));
  const kept = withoutOldest(timeline, 2);

  expect(kept.lanes.map(({ runs }) => runs.map(({ start }) => (start - BEGIN) / 1000))).toEqual([[5], [0]]);
  expect(kept.completeFrom).toBe(BEGIN + 4_000);
});

it('shows the runs that overlap a span in the order in which they started', () => {
  const timeline = timelineFrom(
    theLanes([
      [aRun(1, 3), aRun(20, 21)],
      [aRun(2, null), aRun(30, 31)],
    ]),
  );
  const seen = runsIn(timeline, BEGIN + 2_500, BEGIN + 25_000);

  expect(seen.map(({ start }) => (start - BEGIN) / 1000)).toEqual([1, 2, 20]);
});

describe('overtaking', () => {
  const due = (seconds: number) => new Date(BEGIN + seconds * 1000).toISOString();
  const told = (runs: Parameters<typeof theLanes>[0][number]) =>
    overtaking(runsIn(timelineFrom(theLanes([runs])), BEGIN, BEGIN + 1e6));

  it('is a better job that came later and started earlier', () => {
    const low = [1, 2, 3].map((n) => aRun(10 + n, 20, { priority: 'low', due_at: due(0) }));
    const first = aRun(1, 2, { priority: 'low', due_at: due(0) });
    const high = aRun(5, 6, { priority: 'high', due_at: due(4) });

    expect(told([first, ...low, high])).toEqual({ overtakers: { high: 1 }, overtaken: { low: 3 } });
  });

  it('takes of those due at once the one that was made later for the later one', () => {
    const low = aRun(8, 9, { priority: 'low', due_at: due(0) });
    const high = aRun(5, 6, { priority: 'high', due_at: due(0) });

    expect(told([low, high])).toEqual({ overtakers: { high: 1 }, overtaken: { low: 1 } });
  });

  it('is not a better job that came first, nor one of the same priority that was faster', () => {
    const high = aRun(5, 6, { priority: 'high', due_at: due(0) });
    const low = aRun(8, 9, { priority: 'low', due_at: due(1) });
    const slow = aRun(8, 9, { priority: 'low', due_at: due(0) });
    const quick = aRun(4, 5, { priority: 'low', due_at: due(3) });

    expect(told([high, low])).toEqual({ overtakers: {}, overtaken: {} });
    expect(told([slow, quick])).toEqual({ overtakers: {}, overtaken: {} });
  });

  it('is said in words that name the priority where there is one', () => {
    expect(overtakingWords({ overtakers: { high: 1 }, overtaken: { low: 8 } })).toBe(
      '1 high job overtook 8 low ones',
    );
    expect(overtakingWords({ overtakers: { high: 1, medium: 2 }, overtaken: { low: 8, medium: 1 } })).toBe(
      '3 jobs overtook 9 of lower priority',
    );
    expect(overtakingWords({ overtakers: {}, overtaken: {} })).toBeNull();
  });
});
