import type uPlot from 'uplot';
import { useMemo } from 'react';
import { PRIORITIES } from '@/shared/api/types';
import { span } from '@/shared/format/format';
import type { History } from './api';
import { timeAxis, valueAxis } from './axes';
import Chart, { type Palette } from './Chart';
import { readout } from './readout';

/** A wait of nothing has no place on a logarithmic axis: it sits at its foot. */
const FOOT_SECONDS = 0.001;

/** How long jobs waited, the slow end of it (p95), per priority on a logarithmic scale. */
export default function WaitChart({ history, height }: { history: History; height: number }) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      history.at,
      ...PRIORITIES.map((priority) =>
        history.byPriority[priority].map((point) => waitOf(point?.wait_p95_seconds)),
      ),
    ],
    [history],
  );
  return <Chart label="Wait, 95th percentile, by priority" height={height} data={data} options={options} />;
}

const waitOf = (seconds: number | null | undefined): number | null =>
  seconds === null || seconds === undefined ? null : Math.max(FOOT_SECONDS, seconds);

function options(palette: Palette): Omit<uPlot.Options, 'width' | 'height'> {
  const { colour } = palette;
  return {
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { distr: 3, range: decades } },
    axes: [timeAxis(palette), { ...valueAxis(palette, axisSpan, 50), splits: decadesBetween }],
    series: [
      {},
      ...PRIORITIES.map((priority) => ({
        label: priority,
        stroke: colour(priority),
        width: 1.75,
        spanGaps: true,
        points: { show: isAlone, size: 6, fill: colour(priority) },
      })),
    ],
    plugins: [
      readout((plot, index) =>
        PRIORITIES.map((priority, row) => ({
          word: priority,
          value: span(plot.data[row + 1]?.[index] ?? null),
          colour: colour(priority),
        })),
      ),
    ],
  };
}

/** One value makes no line: without a point it would not be seen. */
const isAlone = (plot: uPlot, row: number): boolean =>
  (plot.data[row] ?? []).filter((value) => value !== null && value !== undefined).length === 1;

/** Whole decades around the data, at least two, so that the lines keep their place while values wander. */
function decades(_plot: uPlot, low: number | null, high: number | null): [number, number] {
  const foot = Math.floor(Math.log10(Math.max(FOOT_SECONDS, low ?? 0.01)));
  const top = Math.ceil(Math.log10(Math.max(FOOT_SECONDS, high ?? 1) * 1.05));
  return [10 ** foot, 10 ** Math.max(foot + 2, top)];
}

function decadesBetween(_plot: uPlot, _axis: number, low: number, high: number): number[] {
  const first = Math.round(Math.log10(low));
  const last = Math.round(Math.log10(high));
  return Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step));
}

const axisSpan = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds} s`;
