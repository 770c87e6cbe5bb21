/** The canvas while it stands: as large as its box, as sharp as the screen, drawn anew only when a pixel would differ. */
import { serverNow } from '@/shared/format/clock';
import { viewOf, type Camera } from './camera';
import { readInk, type Ink } from './ink';
import { layOut, runAt, xOf, type Density, type Layout, type Place, type Scale } from './layout';
import { HEAD_HEIGHT, paint, pixelMilliseconds } from './paint';
import type { Timeline } from './timeline';

export interface Shown {
  timeline: Timeline;
  camera: Camera;
  hovered: string | null;
  selected: string | null;
  brush: [number, number] | null;
}

/** Where the bar is that is pointed out, from the upper left of the canvas. */
export interface Anchor {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Of the canvas. */
  width: number;
}

const CALM_MILLISECONDS = 1_000;
const NARROW = 560;
const FOOT = 8;
const LEAST_HEIGHT = 150;

export class Stage {
  private shown: Shown | null = null;
  private layout: Layout = { rows: [], height: 0 };
  private ink: Ink = readInk();
  private ratio = 0;
  private frame = 0;
  private drawnAt = 0;
  private isDirty = true;
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly resized = new ResizeObserver(() => this.touch());
  private readonly themed = new MutationObserver(() => {
    this.ink = readInk();
    this.touch();
  });

  constructor(
    private readonly box: HTMLElement,
    readonly canvas: HTMLCanvasElement,
    private readonly onAnchor: (anchor: Anchor | null) => void,
    private readonly density: Density = 'roomy',
  ) {
    this.resized.observe(box);
    this.themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    box.addEventListener('scroll', this.touch, { passive: true });
    // Text that was measured before its font came is drawn again with it.
    void document.fonts.ready.then(this.touch);
    this.frame = requestAnimationFrame(this.loop);
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    this.themed.disconnect();
    this.box.removeEventListener('scroll', this.touch);
  }

  show(shown: Shown): void {
    if (shown.timeline !== this.shown?.timeline) this.layout = layOut(shown.timeline.lanes, this.density);
    this.shown = shown;
    this.touch();
  }

  readonly touch = (): void => {
    this.isDirty = true;
  };

  scale(now = serverNow()): Scale {
    const width = this.canvas.clientWidth;
    const left = width < NARROW ? 34 : 76;
    const view = this.shown ? viewOf(this.shown.camera, now) : { start: 0, end: 1 };
    return { view, left, width: Math.max(1, width - left - 12) };
  }

  /** The run under a point of the canvas. */
  placeAt(x: number, y: number): Place | null {
    const scale = this.scale();
    if (y < HEAD_HEIGHT || x < scale.left) return null;
    const at = y - HEAD_HEIGHT + this.box.scrollTop;
    const row = this.layout.rows.find(({ top, height }) => at >= top && at < top + height);
    if (row?.kind !== 'slot') return null;
    const run = runAt(row.lane, scale, x, serverNow());
    return run && { lane: row.lane, run };
  }

  scrollBy(distance: number): void {
    this.box.scrollTop += distance;
  }

  /** Scrolls so far that a lane is seen. */
  reveal(laneKey: string): void {
    const row = this.layout.rows.find(({ key }) => key === laneKey);
    if (!row) return;
    const room = this.box.clientHeight - HEAD_HEIGHT;
    if (row.top < this.box.scrollTop) this.box.scrollTop = row.top;
    if (row.top + row.height > this.box.scrollTop + room)
      this.box.scrollTop = row.top + row.height - room + FOOT;
  }

  private readonly loop = (): void => {
    this.frame = requestAnimationFrame(this.loop);
    if (!this.shown) return;
    const now = serverNow();
    // In a fixed span nothing moves but the ends of what runs, and they move no faster than the axis.
    const rest = Math.max(pixelMilliseconds(this.scale(now)) / 2, this.calm.matches ? CALM_MILLISECONDS : 0);
    if (!this.isDirty && now - this.drawnAt < rest) return;
    this.draw(this.shown, now);
  };

  private draw(shown: Shown, now: number): void {
    this.isDirty = false;
    this.drawnAt = now;
    const width = this.box.clientWidth;
    const height = this.box.clientHeight;
    const ratio = devicePixelRatio;
    const isResized =
      this.canvas.width !== Math.round(width * ratio) ||
      this.canvas.height !== Math.round(height * ratio) ||
      this.ratio !== ratio;
    if (isResized) {
      this.ratio = ratio;
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    const pen = this.canvas.getContext('2d');
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const scale = this.scale(now);
    const scroll = this.box.scrollTop;
    const zoneOffset = -new Date(now).getTimezoneOffset() * 60_000;
    paint(pen, { ...shown, width, height, scroll, layout: this.layout, scale, now, zoneOffset }, this.ink);
    this.onAnchor(this.anchor(shown, scale, scroll, width, now));
  }

  private anchor(shown: Shown, scale: Scale, scroll: number, width: number, now: number): Anchor | null {
    const key = shown.hovered ?? shown.selected;
    if (key === null) return null;
    for (const row of this.layout.rows) {
      const run = row.kind === 'slot' ? row.lane.runs.find((one) => one.key === key) : undefined;
      if (!run) continue;
      const left = Math.max(scale.left, xOf(scale, run.start));
      const right = Math.min(scale.left + scale.width, xOf(scale, run.end ?? now));
      const top = HEAD_HEIGHT + row.top - scroll;
      const isSeen =
        right >= scale.left && left <= scale.left + scale.width && top > HEAD_HEIGHT - row.height;
      return isSeen ? { left, right, top: top + 2, bottom: top + row.height - 2, width } : null;
    }
    return null;
  }
}

export const contentHeight = (timeline: Timeline, density: Density = 'roomy'): number =>
  HEAD_HEIGHT + Math.max(LEAST_HEIGHT, layOut(timeline.lanes, density).height) + FOOT;
