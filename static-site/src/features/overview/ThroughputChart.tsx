import uPlot from 'uplot';
import { useMemo } from 'react';
import { compactCount, decimal } from '@/shared/format/format';
import { PRIORITIES } from '@/shared/api/types';
import { failedPerMinute, finishedPerMinute, type History } from './api';
import { timeAxis, valueAxis } from './axes';
import Chart, { type Palette } from './Chart';
import { readout } from './readout';

/** What finished per minute, one priority upon another, and the failures among it as a line. */
export default function ThroughputChart({ history, height }: { history: History; height: number }) {
  const data = useMemo<uPlot.AlignedData>(() => {
    const low = finishedPerMinute(history, 'low');
    const medium = finishedPerMinute(history, 'medium').map((value, index) => value + (low[index] ?? 0));
    const high = finishedPerMinute(history, 'high').map((value, index) => value + (medium[index] ?? 0));
    // The tallest is drawn first, so that each lower part covers its foot.
    return [history.at, high, medium, low, failedPerMinute(history)];
  }, [history]);
  return (
    <Chart
      label="Finished per minute by priority, and failures"
      height={height}
      data={data}
      options={options}
    />
  );
}

function options(palette: Palette): Omit<uPlot.Options, 'width' | 'height'> {
  const { colour, faded } = palette;
  const bars = uPlot.paths.bars?.({ size: [0.72, 22], radius: 0.1 });
  return {
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: wholeBars },
      y: { range: (_plot, _low, high) => [0, Math.max(4, high * 1.08)] },
    },
    axes: [timeAxis(palette), valueAxis(palette, compactCount)],
    series: [
      {},
      ...PRIORITIES.map((priority) => ({
        label: priority,
        paths: bars,
        // Opaque, because the bars behind must not shine through.
        fill: colour(priority),
        width: 0,
        points: { show: false },
      })),
      {
        label: 'failed',
        stroke: colour('fail'),
        fill: faded('fail', 0.14),
        width: 1.75,
        points: { show: false },
      },
    ],
    plugins: [
      readout((plot, index) => {
        const [high = 0, medium = 0, low = 0, failed = 0] = [1, 2, 3, 4].map(
          (row) => plot.data[row]?.[index] ?? 0,
        );
        return [
          { word: 'high', value: compactRate(high - medium), colour: colour('high') },
          { word: 'medium', value: compactRate(medium - low), colour: colour('medium') },
          { word: 'low', value: compactRate(low), colour: colour('low') },
          { word: 'failed', value: compactRate(failed), colour: colour('fail') },
        ];
      }),
    ],
  };
}

/** Half a bucket more on either side, so that the outer bars are whole. */
function wholeBars(plot: uPlot, first: number, last: number): [number, number] {
  const at = plot.data[0];
  const half = at.length > 1 ? ((at[1] ?? 0) - (at[0] ?? 0)) / 2 : 30;
  return [first - half, last + half];
}

const compactRate = (value: number): string => `${decimal(value)}/min`;
