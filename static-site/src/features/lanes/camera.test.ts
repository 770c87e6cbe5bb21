import { describe, expect, it } from 'vitest';
import {
  framed,
  NARROWEST,
  nextSpan,
  panned,
  revealing,
  spanAround,
  ticksOf,
  viewOf,
  WIDEST,
  widthOf,
  zoomed,
  type Camera,
} from './camera';
import type { Timeline } from './timeline';

const NOW = 1_000_000_000;
const fixed = (start: number, end: number): Camera => ({ follows: false, start, end });

describe('the camera', () => {
  it('keeps the moment under the pointer where it is when it zooms', () => {
    const closer = viewOf(zoomed(fixed(0, 1_000), NOW, 0.5, 250), NOW);

    expect(closer).toEqual({ start: 125, end: 625 });
  });

  it('goes on following now when it zooms, and stops when it is moved', () => {
    const following: Camera = { follows: true, width: 60_000 };

    expect(zoomed(following, NOW, 0.5)).toEqual({ follows: true, width: 30_000 });
    expect(panned(following, NOW, -0.5)).toMatchObject({ follows: false });
    expect(widthOf(viewOf(panned(following, NOW, -0.5), NOW))).toBe(60_000);
  });

  it('cannot be moved so far that now is left behind', () => {
    expect(viewOf(panned(fixed(NOW - 1_000, NOW), NOW, 50), NOW).start).toBeLessThan(NOW);
  });

  it('is never narrower or wider than can be shown', () => {
    expect(widthOf(viewOf(framed(500, 500), NOW))).toBe(NARROWEST);
    expect(widthOf(viewOf(zoomed(fixed(0, WIDEST), NOW, 9), NOW))).toBe(WIDEST);
  });

  it('frames what was brushed in either direction', () => {
    expect(framed(900, 100)).toEqual(fixed(100, 900));
  });

  it('moves to a run that is not seen and stays for one that is', () => {
    const camera = fixed(0, 1_000);

    expect(revealing(camera, NOW, 100, 200)).toBe(camera);
    expect(revealing(camera, NOW, 5_000, 5_200)).toEqual(fixed(4_600, 5_600));
    expect(widthOf(viewOf(revealing(camera, NOW, 5_000, 9_000), NOW))).toBeGreaterThan(4_000);
  });
});

it('puts ticks on round moments, no more than there is room for', () => {
  expect(ticksOf({ start: 61_000, end: 121_000 }, 6)).toEqual({
    step: 10_000,
    at: [70_000, 80_000, 90_000, 100_000, 110_000, 120_000],
  });
  expect(ticksOf({ start: 0, end: WIDEST }, 4).at.length).toBeLessThanOrEqual(5);
  expect(ticksOf({ start: 0, end: 86_400_000 }, 4, 3_600_000).at[0]).toBe(5 * 3_600_000);
});

describe('what is asked of the server', () => {
  const timeline = (completeFrom: number | null): Timeline => ({
    from: 0,
    readAt: NOW,
    completeFrom,
    lanes: [],
  });
  const past = fixed(NOW - 100_000, NOW - 90_000);

  it('is kept while it covers what is seen', () => {
    const held = spanAround(viewOf(past, NOW), NOW);

    expect(nextSpan(held, timeline(null), past, NOW)).toBe(held);
    expect(nextSpan(held, timeline(null), zoomed(past, NOW, 0.2), NOW)).toBe(held);
  });

  it('is another one when something else is seen', () => {
    const held = spanAround(viewOf(past, NOW), NOW);

    expect(nextSpan(held, timeline(null), panned(past, NOW, -3), NOW).to).toBeLessThan(NOW - 100_000);
  });

  it('is left open when it reaches up to now', () => {
    expect(spanAround({ start: NOW - 10_000, end: NOW - 1_000 }, NOW).to).toBeNull();
    expect(spanAround({ start: NOW - 100_000, end: NOW - 90_000 }, NOW).to).toBe(NOW - 87_500);
  });

  it('is exactly what is seen when more ran than one answer holds, and then no other', () => {
    const wide = { from: NOW - 500_000, to: null };
    const exact = nextSpan(wide, timeline(NOW - 1_000), past, NOW);

    expect(exact).toEqual({ from: NOW - 100_000, to: NOW - 90_000 });
    expect(nextSpan(exact, timeline(NOW - 95_000), past, NOW)).toBe(exact);
  });

  it('is begun anew now and then while now is followed, so that it does not grow for ever', () => {
    const following: Camera = { follows: true, width: 60_000 };
    const held = spanAround(viewOf(following, NOW), NOW);

    expect(nextSpan(held, timeline(null), following, NOW + 30_000)).toBe(held);
    expect(nextSpan(held, timeline(null), following, NOW + 200_000)).not.toBe(held);
  });
});
