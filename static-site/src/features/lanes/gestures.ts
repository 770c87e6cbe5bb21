/**
 * Pointer and wheel upon the canvas: drag to zoom in, shift and drag (or one finger) to move, pinch and wheel to zoom.
 * A click opens the job; a tap, which nothing was shown before, shows its card first.
 */
import { serverNow } from '@/shared/format/clock';
import { framed, panned, zoomed, type Camera } from './camera';
import { timeAt, type Place } from './layout';
import { AXIS_HEIGHT } from './paint';
import type { Stage } from './stage';

export interface Hands {
  move: (change: (camera: Camera) => Camera) => void;
  brush: (span: [number, number] | null) => void;
  hover: (place: Place | null) => void;
  select: (place: Place | null) => void;
  open: (place: Place) => void;
}

type Drag =
  | { kind: 'brush'; from: number; x: number; isMoving: boolean }
  | { kind: 'pan'; x: number; moved: number }
  | { kind: 'pinch'; distance: number };

const STARTS_AFTER = 4;
const LINE = 16;
const WHEEL_STRENGTH = 0.0018;
const FARTHER = 2.5;

/** `wheel`: whether it always zooms, or only with Ctrl, as where the page itself scrolls. */
export function attachGestures(stage: Stage, hands: Hands, wheel: 'zooms' | 'scrolls the page'): () => void {
  const { canvas } = stage;
  const fingers = new Map<number, number>();
  let drag: Drag | null = null;

  const pointOf = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const spread = (): number => {
    const [one = 0, other = 0] = fingers.values();
    return Math.max(1, Math.abs(one - other));
  };
  const pan = (distance: number): void => {
    const share = -distance / stage.scale().width;
    hands.move((camera) => panned(camera, serverNow(), share));
  };
  const stop = (): void => {
    drag = null;
    hands.brush(null);
  };

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { x, y } = pointOf(event);
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, x);
    if (fingers.size > 1) drag = { kind: 'pinch', distance: spread() };
    else if (event.pointerType === 'touch' || event.shiftKey || y < AXIS_HEIGHT)
      drag = { kind: 'pan', x, moved: 0 };
    else drag = { kind: 'brush', from: timeAt(stage.scale(), x), x, isMoving: false };
  };

  const move = (event: PointerEvent): void => {
    const { x, y } = pointOf(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, x);
    if (!drag) {
      hands.hover(stage.placeAt(x, y));
      return;
    }
    if (drag.kind === 'pinch') {
      const distance = spread();
      const [one = 0, other = 0] = fingers.values();
      const at = timeAt(stage.scale(), (one + other) / 2);
      const factor = drag.distance / distance;
      drag.distance = distance;
      hands.move((camera) => zoomed(camera, serverNow(), factor, at));
    } else if (drag.kind === 'pan') {
      drag.moved += Math.abs(x - drag.x);
      if (drag.moved > STARTS_AFTER) pan(x - drag.x);
      drag.x = x;
    } else {
      drag.isMoving ||= Math.abs(x - drag.x) > STARTS_AFTER;
      if (drag.isMoving) hands.brush([drag.from, timeAt(stage.scale(), x)]);
    }
  };

  const up = (event: PointerEvent): void => {
    const { x, y } = pointOf(event);
    fingers.delete(event.pointerId);
    const done = drag;
    if (!done) return;
    stop();
    if (done.kind === 'brush' && done.isMoving) {
      const to = timeAt(stage.scale(), x);
      hands.move(() => framed(done.from, to));
    } else if (done.kind === 'brush') {
      const place = stage.placeAt(x, y);
      if (place) hands.open(place);
      else hands.select(null);
    } else if (done.kind === 'pan' && done.moved <= STARTS_AFTER) {
      hands.select(stage.placeAt(x, y));
    }
  };

  const cancel = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    stop();
  };
  const leave = (): void => {
    if (!drag) hands.hover(null);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && drag) stop();
  };
  const twice = (event: MouseEvent): void => {
    const { x, y } = pointOf(event);
    const place = stage.placeAt(x, y);
    if (place) hands.open(place);
    else hands.move((camera) => zoomed(camera, serverNow(), FARTHER, timeAt(stage.scale(), x)));
  };
  const roll = (event: WheelEvent): void => {
    if (wheel === 'scrolls the page' && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x } = pointOf(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const across = (event.shiftKey ? event.deltaX || event.deltaY : event.deltaX) * lines;
    const scale = stage.scale();
    if (x < scale.left) stage.scrollBy(event.deltaY * lines);
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(-across);
    else {
      const factor = Math.exp(event.deltaY * lines * WHEEL_STRENGTH);
      hands.move((camera) => zoomed(camera, serverNow(), factor, timeAt(scale, x)));
    }
  };

  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', cancel);
  canvas.addEventListener('pointerleave', leave);
  canvas.addEventListener('dblclick', twice);
  canvas.addEventListener('wheel', roll, { passive: false });
  addEventListener('keydown', escape);
  return () => {
    canvas.removeEventListener('pointerdown', down);
    canvas.removeEventListener('pointermove', move);
    canvas.removeEventListener('pointerup', up);
    canvas.removeEventListener('pointercancel', cancel);
    canvas.removeEventListener('pointerleave', leave);
    canvas.removeEventListener('dblclick', twice);
    canvas.removeEventListener('wheel', roll);
    removeEventListener('keydown', escape);
  };
}

/** How much of the view a move by keys or buttons is. */
export const STRIDE = 0.5;
export const CLOSER = 0.5;
