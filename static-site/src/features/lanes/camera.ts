/** Which span of time is looked at: zoom, pan, follow; the ticks of its axis; what must be read for it. Pure. */
import type { Timeline } from './timeline';

export interface View {
  start: number;
  end: number;
}

/** Either a fixed span, or one of a fixed width that ends a little after now and moves with it. */
export type Camera = { follows: true; width: number } | ({ follows: false } & View);

export const NARROWEST = 20;
export const WIDEST = 12 * 3_600_000;
const AFTER_NOW = 0.03;

const clampWidth = (width: number): number => Math.min(WIDEST, Math.max(NARROWEST, width));

export const viewOf = (camera: Camera, now: number): View =>
  camera.follows
    ? { start: now - camera.width * (1 - AFTER_NOW), end: now + camera.width * AFTER_NOW }
    : { start: camera.start, end: camera.end };

export const widthOf = (view: View): number => view.end - view.start;

const fixed = (start: number, width: number): Camera => ({ follows: false, start, end: start + width });

/** Closer by `factor` (below 1) or farther (above 1), with the moment `at` staying where it is. While now is followed it
 * goes on being followed. */
export function zoomed(camera: Camera, now: number, factor: number, at?: number): Camera {
  const view = viewOf(camera, now);
  const width = clampWidth(widthOf(view) * factor);
  if (camera.follows) return { follows: true, width };
  const anchor = at ?? (view.start + view.end) / 2;
  const share = (anchor - view.start) / widthOf(view);
  return fixed(anchor - share * width, width);
}

/** Moved by a share of what is seen; it cannot leave now behind. Moving ends following. */
export function panned(camera: Camera, now: number, share: number): Camera {
  const view = viewOf(camera, now);
  const width = widthOf(view);
  const start = Math.min(view.start + share * width, now - width * (1 - AFTER_NOW));
  return fixed(start, width);
}

/** Where it looks now, and no longer following. */
export const stopped = (camera: Camera, now: number): Camera => ({ follows: false, ...viewOf(camera, now) });

/** Exactly from one moment to another, in either order. */
export function framed(one: number, other: number): Camera {
  const width = clampWidth(Math.abs(other - one));
  return fixed((one + other) / 2 - width / 2, width);
}

/** So that a run is seen: as it is when it is seen already, else moved, and widened only if it does not fit. */
export function revealing(camera: Camera, now: number, start: number, end: number): Camera {
  const view = viewOf(camera, now);
  if (end > view.start && start < view.end && (start >= view.start || end <= view.end)) return camera;
  const width = clampWidth(Math.max(widthOf(view), (end - start) * 1.2));
  return fixed((start + end) / 2 - width / 2, width);
}

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6].map((hours) => hours * 3_600_000),
];

export interface Ticks {
  step: number;
  at: number[];
}

/** Round moments, as many as there is room for. Rounded in the time zone of the reader: `zoneOffset` in milliseconds. */
export function ticksOf(view: View, most: number, zoneOffset = 0): Ticks {
  const step = STEPS.find((one) => widthOf(view) / one <= Math.max(1, most)) ?? 6 * 3_600_000;
  const first = Math.ceil((view.start + zoneOffset) / step) * step - zoneOffset;
  const at: number[] = [];
  for (let tick = first; tick <= view.end; tick += step) at.push(tick);
  return { step, at };
}

/** What to ask the server for; without `to` it is kept up to now. */
export interface Span {
  from: number;
  to: number | null;
}

const MARGIN = 0.25;
const HELD_WIDTHS = 3;
const LEAST_KEPT = 60_000;

export function spanAround(view: View, now: number, margin = MARGIN): Span {
  const width = widthOf(view);
  const to = view.end + width * margin;
  return { from: view.start - width * margin, to: to >= now ? null : to };
}

/** The span to hold for a view: the one that is held while it serves, else another around the view. */
export function nextSpan(held: Span, timeline: Timeline | undefined, camera: Camera, now: number): Span {
  const view = viewOf(camera, now);
  const width = widthOf(view);
  const covers = held.from <= view.start && (held.to === null || held.to >= view.end);
  if (!covers) return spanAround(view, now);
  if (camera.follows) {
    // It grows with time: begun anew now and then.
    const isLong = now - held.from > HELD_WIDTHS * Math.max(width, LEAST_KEPT);
    return isLong ? spanAround(view, now) : held;
  }
  const isCut = timeline?.completeFrom != null && view.start < timeline.completeFrom;
  if (!isCut || (held.to ?? now) - held.from <= width * 1.05) return held;
  // Too much for one answer: ask for what is seen and no more.
  return spanAround(view, now, 0);
}
