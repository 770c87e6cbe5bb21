/** Axes and grid that all charts share. */
import type uPlot from 'uplot';
import type { Palette } from './Chart';

const FONT = '11px "Inter Variable", system-ui, sans-serif';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const timeAxis = ({ colour }: Palette): uPlot.Axis => ({
  stroke: colour('faint'),
  font: FONT,
  grid: { show: false },
  ticks: { show: false },
  size: 28,
  space: 64,
  values: (_, times) => times.map((time) => clock.format(time * 1000)),
});

export const valueAxis = ({ colour }: Palette, format: (value: number) => string, size = 42): uPlot.Axis => ({
  stroke: colour('faint'),
  font: FONT,
  grid: { stroke: colour('line'), width: 1 },
  ticks: { show: false },
  size,
  space: 34,
  gap: 6,
  values: (_, values) => values.map((value) => (value === null ? '' : format(value))),
});

export const clockOf = (seconds: number): string => clock.format(seconds * 1000);
