/** Draws the lanes: time above, a row for each slot, a bar for each run. Knows pixels and ink, asks nobody. */
import { ticksOf, widthOf } from './camera';
import type { Ink } from './ink';
import { barsOf, xOf, type Bar, type Layout, type Row, type Scale } from './layout';
import { timeLabel } from './words';
import type { Run, Timeline } from './timeline';
import { PRIORITIES, type Priority } from '@/shared/api/types';

export const AXIS_HEIGHT = 26;
export const DUE_HEIGHT = 26;
export const HEAD_HEIGHT = AXIS_HEIGHT + DUE_HEIGHT;
export const FONT_UI = '"Inter Variable", system-ui, sans-serif';

const TICK_ROOM = 96;
const NOW_ROOM = 44;
const LEAST_WORD = 44;

export interface Scene {
  width: number;
  height: number;
  /** How far the rows are scrolled up. */
  scroll: number;
  layout: Layout;
  timeline: Timeline;
  scale: Scale;
  now: number;
  /** The runs that are pointed out: hovered, selected. */
  hovered: string | null;
  selected: string | null;
  /** From one moment to another, while it is drawn. */
  brush: [number, number] | null;
  zoneOffset: number;
}

export function paint(pen: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const { width, height, scale, layout, scroll } = scene;
  pen.clearRect(0, 0, width, height);
  paintTicks(pen, scene, ink);
  pen.save();
  pen.beginPath();
  pen.rect(0, HEAD_HEIGHT, width, height - HEAD_HEIGHT);
  pen.clip();
  pen.translate(0, HEAD_HEIGHT - scroll);
  const rows = layout.rows.filter(
    (row) => row.top + row.height > scroll && row.top < scroll + height - HEAD_HEIGHT,
  );
  for (const row of rows) paintGround(pen, row, scene, ink);
  pen.save();
  pen.beginPath();
  pen.rect(scale.left, scroll, scale.width, height);
  pen.clip();
  paintLeftOut(pen, scene, ink);
  for (const row of rows) if (row.kind === 'slot') paintLane(pen, row, scene, ink);
  pen.restore();
  pen.restore();
  paintDue(pen, scene, ink);
  paintNow(pen, scene, ink);
  paintBrush(pen, scene, ink);
}

function paintGround(pen: CanvasRenderingContext2D, row: Row, { scale }: Scene, ink: Ink): void {
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  if (row.kind === 'worker') {
    pen.font = `600 12px ${FONT_UI}`;
    pen.fillStyle = ink.text;
    pen.fillText(row.label, 12, row.top + row.height / 2 + 1);
    return;
  }
  pen.fillStyle = ink.row;
  pen.fillRect(scale.left, row.top + 1, scale.width, row.height - 2);
  pen.font = `11px ${FONT_UI}`;
  pen.fillStyle = ink.faint;
  const word = scale.left < 60 ? row.label.replace('slot ', '') : row.label;
  pen.fillText(word, 12, row.top + row.height / 2 + 0.5);
}

/** Where something was left out of the answer, nothing must look like nothing. */
function paintLeftOut(pen: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const { completeFrom } = scene.timeline;
  if (completeFrom === null) return;
  const right = Math.min(scene.scale.left + scene.scale.width, xOf(scene.scale, completeFrom));
  if (right <= scene.scale.left) return;
  pen.save();
  pen.beginPath();
  pen.rect(scene.scale.left, 0, right - scene.scale.left, scene.layout.height);
  pen.clip();
  hatch(pen, scene.scale.left, 0, right - scene.scale.left, scene.layout.height, ink.hatch, 9);
  pen.restore();
}

function paintLane(pen: CanvasRenderingContext2D, row: Row & { kind: 'slot' }, scene: Scene, ink: Ink): void {
  const bars = barsOf(row.lane.runs, scene.scale, scene.now);
  const top = row.top + (row.height > 20 ? 4 : 2);
  const height = row.height - (row.height > 20 ? 8 : 4);
  // The best last: where bars are too thin to stand beside each other, it lies on top.
  for (const priority of ['low', 'medium', 'high'] as const)
    for (const bar of bars) if (bar.run.priority === priority) paintBar(pen, bar, top, height, scene, ink);
}

function paintBar(
  pen: CanvasRenderingContext2D,
  bar: Bar,
  top: number,
  height: number,
  scene: Scene,
  ink: Ink,
): void {
  const { run } = bar;
  // A hair of ground between two bars that follow each other.
  const width = bar.width > 4 ? bar.width - 1 : bar.width;
  const radius = Math.min(4, width / 2);
  const look = lookOf(run);
  pen.beginPath();
  pen.roundRect(bar.x, top, width, height, radius);
  pen.globalAlpha = look.alpha;
  pen.fillStyle = ink.bar[run.priority];
  pen.fill();
  pen.globalAlpha = 1;
  if (look.hatched && width > 3) {
    pen.save();
    pen.clip();
    hatch(pen, bar.x, top, width, height, ink.word[run.priority], 7, 0.28);
    pen.restore();
  }
  if (look.outline && width > 2) outline(pen, bar.x, top, width, height, radius, look, ink, run.priority);
  if (look.cross && width > 14) cross(pen, bar.x + width - 8, top + height / 2, ink.fail);
  if (width > LEAST_WORD && height > 12) paintWord(pen, bar, top, height, width, look, ink);
  if (run.key === scene.selected || run.key === scene.hovered) {
    pen.beginPath();
    pen.roundRect(bar.x - 2, top - 2, width + 4, height + 4, radius + 2);
    pen.lineWidth = run.key === scene.selected ? 2 : 1.25;
    pen.strokeStyle = run.key === scene.selected ? ink.accent : ink.text;
    pen.stroke();
  }
}

function paintWord(
  pen: CanvasRenderingContext2D,
  bar: Bar,
  top: number,
  height: number,
  width: number,
  look: BarLook,
  ink: Ink,
): void {
  pen.font = `500 11px ${FONT_UI}`;
  const word = fitting(pen, bar.run.task, width - (look.cross ? 20 : 10));
  if (!word) return;
  pen.fillStyle = look.alpha < 0.7 ? ink.text : ink.word[bar.run.priority];
  pen.textBaseline = 'middle';
  pen.fillText(word, bar.x + 6, top + height / 2 + 0.5);
}

const LEAST_LETTERS = 4;

/** As much of a word as there is room for, or nothing where that would say nothing. */
function fitting(pen: CanvasRenderingContext2D, word: string, room: number): string | null {
  const needed = pen.measureText(word).width;
  if (needed <= room) return word;
  const letters = Math.floor((word.length * room) / needed) - 2;
  return letters >= LEAST_LETTERS ? `${word.slice(0, letters)}…` : null;
}

export interface BarLook {
  alpha: number;
  hatched: boolean;
  outline: 'fail' | 'own' | null;
  dashed: boolean;
  cross: boolean;
}

/** The state of a run as pattern and outline; its hue stays that of the priority. */
export function lookOf({ outcome }: Pick<Run, 'outcome'>): BarLook {
  const plain: BarLook = { alpha: 1, hatched: false, outline: null, dashed: false, cross: false };
  switch (outcome) {
    case null:
      return { ...plain, hatched: true, outline: 'own' };
    case 'succeeded':
      return plain;
    case 'failed':
    case 'timed_out':
      return { ...plain, alpha: 0.5, outline: 'fail', cross: true };
    case 'lost':
      return { ...plain, alpha: 0.22, outline: 'fail', dashed: true, cross: true };
    case 'cancelled':
    case 'interrupted':
      return { ...plain, alpha: 0.22, outline: 'own', dashed: true };
  }
}

function outline(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
  look: BarLook,
  ink: Ink,
  priority: Priority,
): void {
  pen.beginPath();
  pen.roundRect(x + 0.75, y + 0.75, Math.max(0.5, width - 1.5), height - 1.5, radius);
  pen.lineWidth = 1.5;
  pen.setLineDash(look.dashed ? [4, 3] : []);
  pen.strokeStyle = look.outline === 'fail' ? ink.fail : ink.edge[priority];
  pen.stroke();
  pen.setLineDash([]);
}

function cross(pen: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  pen.beginPath();
  pen.moveTo(x - 2.5, y - 2.5);
  pen.lineTo(x + 2.5, y + 2.5);
  pen.moveTo(x + 2.5, y - 2.5);
  pen.lineTo(x - 2.5, y + 2.5);
  pen.lineWidth = 1.75;
  pen.strokeStyle = colour;
  pen.stroke();
}

function hatch(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
  gap: number,
  alpha = 1,
): void {
  pen.beginPath();
  // Anchored to the page, so that the lines stand still while the bar grows.
  for (let at = Math.floor((x - height) / gap) * gap; at < x + width; at += gap) {
    pen.moveTo(at, y + height);
    pen.lineTo(at + height, y);
  }
  pen.globalAlpha = alpha;
  pen.lineWidth = 1.5;
  pen.strokeStyle = colour;
  pen.stroke();
  pen.globalAlpha = 1;
}

/** The axis, and a line at each of its moments, behind everything. */
function paintTicks(pen: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const { scale, height, zoneOffset, now } = scene;
  const nowAt = xOf(scale, now);
  const { step, at } = ticksOf(scale.view, scale.width / TICK_ROOM, zoneOffset);
  pen.font = `11px ${FONT_UI}`;
  pen.textBaseline = 'middle';
  pen.textAlign = 'center';
  for (const tick of at) {
    const x = Math.round(xOf(scale, tick)) + 0.5;
    if (x < scale.left) continue;
    pen.strokeStyle = ink.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, AXIS_HEIGHT);
    pen.lineTo(x, height);
    pen.stroke();
    const isByNow = Math.abs(x - nowAt) < NOW_ROOM;
    if (isByNow || x < scale.left + 24 || x > scale.left + scale.width - 30) continue;
    pen.fillStyle = ink.faint;
    pen.fillText(timeLabel(tick, step), x, AXIS_HEIGHT / 2 + 1);
  }
}

/** A stroke for each moment at which a run became due, so that one sees who came last and was served first. */
function paintDue(pen: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const { scale, timeline } = scene;
  pen.font = `11px ${FONT_UI}`;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  pen.fillStyle = ink.faint;
  pen.fillText('due', 12, AXIS_HEIGHT + DUE_HEIGHT / 2 - 1);
  const height = (DUE_HEIGHT - 6) / PRIORITIES.length;
  for (const [index, priority] of PRIORITIES.entries()) {
    const top = AXIS_HEIGHT + index * height;
    const drawn = new Set<number>();
    pen.fillStyle = ink.edge[priority];
    for (const lane of timeline.lanes)
      for (const run of lane.runs) {
        if (run.priority !== priority || run.dueAt === null) continue;
        const x = Math.round(xOf(scale, run.dueAt));
        if (x < scale.left || x > scale.left + scale.width || drawn.has(x)) continue;
        drawn.add(x);
        pen.fillRect(x, top, 2, height - 1);
      }
  }
  paintWait(pen, scene, ink);
}

/** From where the run that is pointed out became due to where it started. */
function paintWait(pen: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const key = scene.hovered ?? scene.selected;
  if (key === null) return;
  for (const row of scene.layout.rows) {
    if (row.kind !== 'slot') continue;
    const run = row.lane.runs.find((one) => one.key === key);
    if (!run) continue;
    if (run.dueAt === null) return;
    const y = HEAD_HEIGHT - scene.scroll + row.top + row.height / 2;
    if (y < HEAD_HEIGHT) return;
    const from = Math.max(scene.scale.left, xOf(scene.scale, run.dueAt));
    const to = Math.max(scene.scale.left, xOf(scene.scale, run.start));
    pen.beginPath();
    pen.moveTo(from + 1, AXIS_HEIGHT + 2);
    pen.lineTo(from + 1, y);
    pen.lineTo(to, y);
    pen.setLineDash([3, 3]);
    pen.lineWidth = 1.5;
    pen.strokeStyle = ink.edge[run.priority];
    pen.stroke();
    pen.setLineDash([]);
    return;
  }
}

function paintNow(pen: CanvasRenderingContext2D, { scale, now, height }: Scene, ink: Ink): void {
  const x = Math.round(xOf(scale, now)) + 0.5;
  if (x < scale.left || x > scale.left + scale.width) return;
  pen.beginPath();
  pen.moveTo(x, AXIS_HEIGHT - 4);
  pen.lineTo(x, height);
  pen.lineWidth = 1.5;
  pen.strokeStyle = ink.accent;
  pen.stroke();
  pen.font = `600 11px ${FONT_UI}`;
  pen.fillStyle = ink.accent;
  pen.textAlign = 'center';
  pen.fillText('now', Math.min(x, scale.left + scale.width - 14), AXIS_HEIGHT / 2 + 1);
  pen.textAlign = 'left';
}

function paintBrush(pen: CanvasRenderingContext2D, { scale, brush, height }: Scene, ink: Ink): void {
  if (!brush) return;
  const [from, to] = brush.map((time) => xOf(scale, time)) as [number, number];
  pen.fillStyle = ink.brush;
  pen.fillRect(Math.min(from, to), AXIS_HEIGHT, Math.abs(to - from), height);
  pen.lineWidth = 1;
  pen.strokeStyle = ink.accent;
  pen.strokeRect(Math.min(from, to) + 0.5, AXIS_HEIGHT + 0.5, Math.abs(to - from), height);
}

/** How long one pixel lasts: nothing moves within it. */
export const pixelMilliseconds = (scale: Scale): number => widthOf(scale.view) / Math.max(1, scale.width);
