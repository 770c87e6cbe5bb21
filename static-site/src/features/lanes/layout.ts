/** Where lanes and bars are on the screen, what is under a point, and which bar is next to another. Pure. */
import { widthOf, type View } from './camera';
import type { Run, SlotLane, Timeline } from './timeline';

export type Row =
  | { kind: 'worker'; key: string; label: string; top: number; height: number }
  | { kind: 'slot'; key: string; label: string; lane: SlotLane; top: number; height: number };

export interface Layout {
  rows: Row[];
  height: number;
}

const WORKER_HEIGHT = 24;
/** `dense`: where lanes are one panel among others. */
export type Density = 'roomy' | 'dense';

/** The fewer the slots, the taller their rows. */
const HEIGHTS: Record<Density, [most: number, height: number][]> = {
  roomy: [
    [4, 64],
    [10, 40],
    [24, 28],
    [Infinity, 16],
  ],
  dense: [
    [4, 36],
    [Infinity, 16],
  ],
};

/** A heading for each worker, and under it a row for each of its slots. */
export function layOut(lanes: SlotLane[], density: Density = 'roomy'): Layout {
  const rows: Row[] = [];
  const height = HEIGHTS[density].find(([most]) => lanes.length <= most)?.[1] ?? 16;
  let top = 0;
  let worker: string | null = null;
  for (const lane of lanes) {
    if (lane.workerId !== worker) {
      worker = lane.workerId;
      rows.push({ kind: 'worker', key: worker, label: lane.worker, top, height: WORKER_HEIGHT });
      top += WORKER_HEIGHT;
    }
    rows.push({ kind: 'slot', key: lane.key, label: `slot ${lane.slot}`, lane, top, height });
    top += height;
  }
  return { rows, height: top };
}

/** From time to pixels and back, in a plot that begins at `left`. */
export interface Scale {
  view: View;
  left: number;
  width: number;
}

export const xOf = ({ view, left, width }: Scale, time: number): number =>
  left + ((time - view.start) / widthOf(view)) * width;

export const timeAt = ({ view, left, width }: Scale, x: number): number =>
  view.start + ((x - left) / width) * widthOf(view);

export interface Bar {
  run: Run;
  x: number;
  width: number;
}

const LEAST_BAR = 1.5;

/**
 * The bars of one lane within the plot. A run that is going on reaches to `now`. Those that would lie upon each other
 * because they are thinner than a pixel are one bar; better priorities and failures are never hidden so.
 */
export function barsOf(runs: Run[], scale: Scale, now: number): Bar[] {
  const bars: Bar[] = [];
  const right = scale.left + scale.width;
  const covered: Record<string, number> = {};
  for (const run of runs) {
    if (run.start > scale.view.end) break;
    const end = run.end ?? now;
    if (end < scale.view.start) continue;
    const from = Math.max(scale.left, xOf(scale, run.start));
    const to = Math.min(right, xOf(scale, end));
    const kind = `${run.priority}${isFailure(run)}`;
    if (to - from < 1 && to < (covered[kind] ?? -Infinity)) continue;
    const width = Math.max(LEAST_BAR, to - from);
    covered[kind] = from + width;
    bars.push({ run, x: from, width });
  }
  return bars;
}

export const isFailure = (run: Run): boolean =>
  run.outcome === 'failed' || run.outcome === 'timed_out' || run.outcome === 'lost';

const GRASP = 4;

/** The run of a lane at a place, or the nearest within reach of a hand. */
export function runAt(lane: SlotLane, scale: Scale, x: number, now: number): Run | null {
  let best: Run | null = null;
  let least = GRASP;
  for (const run of lane.runs) {
    const from = xOf(scale, run.start);
    const to = xOf(scale, run.end ?? now);
    const distance = x < from ? from - x : x > to ? x - to : 0;
    // Of two it touches, the later one lies on top.
    if (distance < least || (distance === 0 && least === 0)) {
      best = run;
      least = distance;
    }
  }
  return best;
}

export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

export interface Place {
  lane: SlotLane;
  run: Run;
}

export function placeOf(timeline: Timeline, key: string | null): Place | null {
  if (key === null) return null;
  for (const lane of timeline.lanes) {
    const run = lane.runs.find((one) => one.key === key);
    if (run) return { lane, run };
  }
  return null;
}

/** The bar that an arrow leads to: along a lane, or to the one nearest in time in the next lane that has any. */
export function stepFrom(timeline: Timeline, from: Place | null, step: Step, view: View): Place | null {
  if (!from) return firstSeen(timeline, view);
  const { lane, run } = from;
  const index = lane.runs.findIndex(({ key }) => key === run.key);
  const along = (at: number): Place => ({ lane, run: lane.runs[at] ?? run });
  switch (step) {
    case 'left':
      return along(Math.max(0, index - 1));
    case 'right':
      return along(index + 1);
    case 'first':
      return along(0);
    case 'last':
      return along(lane.runs.length - 1);
    default:
      return across(timeline, from, step === 'up' ? -1 : 1);
  }
}

function firstSeen(timeline: Timeline, view: View): Place | null {
  for (const lane of timeline.lanes) {
    const run = lane.runs.findLast((one) => one.start < view.end && (one.end ?? Infinity) > view.start);
    if (run) return { lane, run };
  }
  return null;
}

function across(timeline: Timeline, from: Place, direction: 1 | -1): Place {
  const start = timeline.lanes.findIndex(({ key }) => key === from.lane.key);
  for (let at = start + direction; at >= 0 && at < timeline.lanes.length; at += direction) {
    const lane = timeline.lanes[at];
    const [first, ...others] = lane?.runs ?? [];
    if (!lane || !first) continue;
    const distance = (run: Run): number => Math.abs(run.start - from.run.start);
    return { lane, run: others.reduce((best, run) => (distance(run) < distance(best) ? run : best), first) };
  }
  return from;
}
