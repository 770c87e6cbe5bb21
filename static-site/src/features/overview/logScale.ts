/** Seconds on a logarithmic axis: from milliseconds to days in one sight. */
import type uPlot from 'uplot';

/** A wait of nothing has no place on a logarithmic axis: it sits at its foot. */
const FOOT_SECONDS = 0.001;

export const onLogScale = (seconds: number | null | undefined): number | null =>
  seconds === null || seconds === undefined ? null : Math.max(FOOT_SECONDS, seconds);

/** One value makes no line: without a point it would not be seen. */
export const isAlone = (plot: uPlot, row: number): boolean =>
  (plot.data[row] ?? []).filter((value) => value !== null && value !== undefined).length === 1;

/** Whole decades around the data, at least two, so that the lines keep their place while values wander. */
export function decades(_plot: uPlot, low: number | null, high: number | null): [number, number] {
  const foot = Math.floor(Math.log10(Math.max(FOOT_SECONDS, low ?? 0.01)));
  const top = Math.ceil(Math.log10(Math.max(FOOT_SECONDS, high ?? 1) * 1.05));
  return [10 ** foot, 10 ** Math.max(foot + 2, top)];
}

export function decadesBetween(_plot: uPlot, _axis: number, low: number, high: number): number[] {
  const first = Math.round(Math.log10(low));
  const last = Math.round(Math.log10(high));
  return Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step));
}

export const axisSpan = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds} s`;
