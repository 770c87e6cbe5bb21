import { describe, expect, it } from 'vitest';
import { aRun, theLanes } from '@/shared/testing/factories';
import { barsOf, layOut, placeOf, runAt, stepFrom, timeAt, xOf, type Place, type Scale } from './layout';
import { lookOf } from './paint';
import { LANES_PANEL_HEIGHT } from './panelHeight';
import { contentHeight } from './stage';
import { timelineFrom, type SlotLane } from './timeline';

const BEGIN = Date.UTC(2026, 0);
/** A minute on 600 pixels, beginning at 100. */
const scale: Scale = { view: { start: BEGIN, end: BEGIN + 60_000 }, left: 100, width: 600 };
const now = BEGIN + 50_000;

const laneOf = (...runs: Parameters<typeof theLanes>[0][number]): SlotLane => {
  const [lane] = timelineFrom(theLanes([runs])).lanes;
  if (!lane) throw new Error('no lane');
  return lane;
};

it('goes from time to pixels and back', () => {
  expect(xOf(scale, BEGIN + 6_000)).toBe(160);
  expect(timeAt(scale, 160)).toBe(BEGIN + 6_000);
});

it('gives each worker a heading and each of its slots a row under it, none upon another', () => {
  const lanes = timelineFrom(theLanes([[], []])).lanes;
  const others = lanes.map((lane) => ({ ...lane, key: `x${lane.key}`, workerId: 'x', worker: 'other' }));
  const { rows, height } = layOut([...lanes, ...others]);

  expect(rows.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
    'worker worker-1',
    'slot slot 0',
    'slot slot 1',
    'worker other',
    'slot slot 0',
    'slot slot 1',
  ]);
  expect(rows.reduce((sum, row) => sum + row.height, 0)).toBe(height);
});

it('keeps eight slots of two workers in sight where lanes are one panel among others', () => {
  const lanes = Array.from({ length: 8 }, (_, slot) => ({
    key: `${slot}`,
    workerId: `${slot % 2}`,
    worker: 'w',
    slot,
    runs: [],
  })).sort((a, b) => Number(a.workerId) - Number(b.workerId));
  const timeline = { from: 0, readAt: 0, completeFrom: null, lanes };

  expect(contentHeight(timeline, 'dense')).toBeLessThanOrEqual(LANES_PANEL_HEIGHT);
  expect(contentHeight(timeline)).toBeGreaterThan(LANES_PANEL_HEIGHT);
});

describe('bars', () => {
  it('reach from start to end, and to now while the run goes on', () => {
    const bars = barsOf(laneOf(aRun(6, 12), aRun(30, null)).runs, scale, now);

    expect(bars.map(({ x, width }) => [x, width])).toEqual([
      [160, 60],
      [400, 200],
    ]);
  });

  it('are cut at the edges of what is seen, and left out beyond', () => {
    const { runs } = laneOf(aRun(-20, -10), aRun(-5, 6), aRun(54, 90), aRun(70, 80));

    expect(barsOf(runs, scale, now).map(({ x, width }) => [x, width])).toEqual([
      [100, 60],
      [640, 60],
    ]);
  });

  it('thinner than a pixel are one, but none hides a better or a failed one', () => {
    const short = Array.from({ length: 50 }, (_, n) => aRun(6 + n / 1000, 6 + n / 1000, { priority: 'low' }));
    const high = aRun(6.051, 6.051, { priority: 'high' });
    const failed = aRun(6.052, 6.052, { priority: 'low', outcome: 'failed' });
    const bars = barsOf(laneOf(...short, high, failed).runs, scale, now);

    expect(bars.map(({ run }) => [run.priority, run.outcome])).toEqual([
      ['low', 'succeeded'],
      ['high', 'succeeded'],
      ['low', 'failed'],
    ]);
  });

  it('tell how the run ended by pattern and outline, each outcome apart from success', () => {
    const looks = (['failed', 'lost', 'cancelled', null] as const).map((outcome) =>
      JSON.stringify(lookOf({ outcome })),
    );

    expect(new Set([...looks, JSON.stringify(lookOf({ outcome: 'succeeded' }))]).size).toBe(5);
  });
});

it('finds the run under a point, and a thin one beside it', () => {
  const lane = laneOf(aRun(6, 12), aRun(20, 20.001));

  expect(runAt(lane, scale, 170, now)).toBe(lane.runs[0]);
  expect(runAt(lane, scale, 303, now)).toBe(lane.runs[1]);
  expect(runAt(lane, scale, 260, now)).toBeNull();
});

describe('the keys', () => {
  const timeline = timelineFrom(theLanes([[aRun(1, 2), aRun(5, 9)], [], [aRun(2, 4), aRun(6, 7)]]));
  const at = (lane: number, run: number): Place => {
    const place = placeOf(timeline, timeline.lanes[lane]?.runs[run]?.key ?? null);
    if (!place) throw new Error('no run');
    return place;
  };
  const { view } = scale;

  it('lead along a lane and stop at its ends', () => {
    expect(stepFrom(timeline, at(0, 0), 'right', view)).toEqual(at(0, 1));
    expect(stepFrom(timeline, at(0, 1), 'right', view)).toEqual(at(0, 1));
    expect(stepFrom(timeline, at(0, 0), 'left', view)).toEqual(at(0, 0));
    expect(stepFrom(timeline, at(2, 0), 'last', view)).toEqual(at(2, 1));
    expect(stepFrom(timeline, at(2, 1), 'first', view)).toEqual(at(2, 0));
  });

  it('lead to the run nearest in time in the next lane that has one', () => {
    expect(stepFrom(timeline, at(0, 1), 'down', view)).toEqual(at(2, 1));
    expect(stepFrom(timeline, at(2, 0), 'up', view)).toEqual(at(0, 0));
    expect(stepFrom(timeline, at(0, 0), 'up', view)).toEqual(at(0, 0));
  });

  it('begin at the newest run that is seen', () => {
    expect(stepFrom(timeline, null, 'left', view)).toEqual(at(0, 1));
    expect(stepFrom(timeline, null, 'left', { start: BEGIN, end: BEGIN + 1_500 })).toEqual(at(0, 0));
    expect(stepFrom(timelineFrom(theLanes([[]])), null, 'left', view)).toBeNull();
  });
});
