import type uPlot from 'uplot';
import { useMemo } from 'react';
import { PRIORITIES } from '@/shared/api/types';
import { span } from '@/shared/format/format';
import { waitOf, type History, type Percentile } from './api';
import { timeAxis, valueAxis } from './axes';
import Chart, { type Palette } from './Chart';
import { axisSpan, decades, decadesBetween, isAlone, onLogScale } from './logScale';
import { readout } from './readout';

interface WaitChartProps {
  history: History;
  percentile: Percentile;
  height: number;
}

/**
 * How long jobs waited, per priority on a logarithmic scale. Dashed, how long the oldest had waited that did not start:
 * a percentile sees only what started, and goes quiet when a queue backs up.
 */
export default function WaitChart({ history, percentile, height }: WaitChartProps) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      history.at,
      ...PRIORITIES.map((priority) =>
        history.byPriority[priority].map((point) => onLogScale(waitOf(point, percentile))),
      ),
      ...PRIORITIES.map((priority) =>
        history.byPriority[priority].map((point) => onLogScale(point?.oldest_wait_seconds)),
      ),
    ],
    [history, percentile],
  );
  return (
    <Chart
      label={`Wait, ${percentile}, and the oldest that waits, by priority`}
      height={height}
      data={data}
      options={options}
    />
  );
}

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
      ...PRIORITIES.map((priority) => ({
        label: `${priority}, oldest`,
        stroke: colour(priority),
        width: 1.25,
        dash: [5, 4],
        // A minute in which nothing waited is a gap.
        spanGaps: false,
        points: { show: isAlone, size: 6, fill: colour(priority) },
      })),
    ],
    plugins: [
      readout((plot, index) =>
        PRIORITIES.map((priority, row) => ({
          word: priority,
          value: `${spanAt(plot, row + 1, index)} · oldest ${spanAt(plot, row + 1 + PRIORITIES.length, index)}`,
          colour: colour(priority),
        })),
      ),
    ],
  };
}

const spanAt = (plot: uPlot, line: number, index: number): string => span(plot.data[line]?.[index] ?? null);
