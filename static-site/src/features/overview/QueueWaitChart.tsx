import type uPlot from 'uplot';
import { useMemo } from 'react';
import type { Priority, StatsPoint } from '@/shared/api/types';
import { span } from '@/shared/format/format';
import type { History } from './api';
import { timeAxis, valueAxis } from './axes';
import Chart, { type Palette } from './Chart';
import { axisSpan, decades, decadesBetween, isAlone, onLogScale } from './logScale';
import { readout } from './readout';

interface QueueWaitChartProps {
  history: History;
  priority: Priority;
  height: number;
}

/** What each line shows, from the slowest seen to the usual; strength and dash tell them apart without hue. */
export const LINES = [
  {
    word: 'oldest waiting',
    of: (point: StatsPoint) => point.oldest_wait_seconds,
    width: 1.75,
    dash: [5, 4],
    strength: 1,
  },
  {
    word: 'wait p99',
    of: (point: StatsPoint) => point.wait_p99_seconds,
    width: 1,
    dash: [1, 3],
    strength: 1,
  },
  { word: 'wait p95', of: (point: StatsPoint) => point.wait_p95_seconds, width: 1.75, dash: [], strength: 1 },
  {
    word: 'wait p50',
    of: (point: StatsPoint) => point.wait_p50_seconds,
    width: 1.75,
    dash: [],
    strength: 0.5,
  },
] as const;

/** How long jobs of one queue waited that started, and how long the oldest had waited that did not. */
export default function QueueWaitChart({ history, priority, height }: QueueWaitChartProps) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      history.at,
      ...LINES.map(({ of }) => history.byPriority[priority].map((point) => onLogScale(point && of(point)))),
    ],
    [history, priority],
  );
  const options = useMemo(() => optionsFor(priority), [priority]);
  return (
    <Chart
      label={`Queue ${priority}: oldest waiting and wait p50, p95, p99, on a logarithmic scale`}
      height={height}
      data={data}
      options={options}
    />
  );
}

const optionsFor =
  (priority: Priority) =>
  (palette: Palette): Omit<uPlot.Options, 'width' | 'height'> => ({
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { distr: 3, range: decades } },
    axes: [timeAxis(palette), { ...valueAxis(palette, axisSpan, 50), splits: decadesBetween }],
    series: [
      {},
      ...LINES.map(({ word, width, dash, strength }) => ({
        label: word,
        stroke: strength === 1 ? palette.colour(priority) : palette.faded(priority, strength),
        width,
        dash: [...dash],
        // A minute in which nothing waited is a gap, not a slope between its neighbours.
        spanGaps: word !== 'oldest waiting',
        points: { show: isAlone, size: 5, fill: palette.colour(priority) },
      })),
    ],
    plugins: [
      readout((plot, index) =>
        LINES.map(({ word }, row) => ({
          word,
          value: span(plot.data[row + 1]?.[index] ?? null),
          colour: palette.colour(priority),
        })),
      ),
    ],
  });
