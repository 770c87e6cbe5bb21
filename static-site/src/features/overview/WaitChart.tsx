import type uPlot from 'uplot';
import { useMemo } from 'react';
import { PRIORITIES } from '@/shared/api/types';
import { span } from '@/shared/format/format';
import type { History } from './api';
import { timeAxis, valueAxis } from './axes';
import Chart, { type Palette } from './Chart';
import { axisSpan, decades, decadesBetween, isAlone, onLogScale } from './logScale';
import { readout } from './readout';

/** How long jobs waited, the slow end of it (p95), per priority on a logarithmic scale. */
export default function WaitChart({ history, height }: { history: History; height: number }) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      history.at,
      ...PRIORITIES.map((priority) =>
        history.byPriority[priority].map((point) => onLogScale(point?.wait_p95_seconds)),
      ),
    ],
    [history],
  );
  return <Chart label="Wait, 95th percentile, by priority" height={height} data={data} options={options} />;
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
