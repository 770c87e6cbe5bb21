/** The bars of a histogram: what stands on what, and how high. Pure. */
import { PRIORITIES, type JobHistogram, type JobState } from '@/shared/api/types';
import { PRIORITY_LOOK, STATE_LOOK, type Look } from '@/shared/ui/states';

/** From the foot of a bar to its head: what is over first, failures where the eye finds them. */
const FROM_FOOT = [
  'succeeded',
  'cancelled',
  'failed',
  'retrying',
  'running',
  'queued',
  'scheduled',
] as const satisfies readonly JobState[];

export interface Part {
  value: string;
  look: Look;
  count: number;
  /** Shares of the highest bar. */
  foot: number;
  height: number;
}

export const valuesOf = (by: JobHistogram['by']): { value: string; look: Look }[] =>
  by === 'state'
    ? FROM_FOOT.map((value) => ({ value, look: STATE_LOOK[value] }))
    : [...PRIORITIES].reverse().map((value) => ({ value, look: PRIORITY_LOOK[value] }));

export const totalOf = (point: JobHistogram['points'][number]): number =>
  Object.values(point.counts).reduce((sum, n) => sum + n, 0);

export function barsOf(histogram: JobHistogram): Part[][] {
  const highest = Math.max(1, ...histogram.points.map(totalOf));
  const values = valuesOf(histogram.by);
  return histogram.points.map((point) => {
    let foot = 0;
    return values.flatMap(({ value, look }) => {
      const count = point.counts[value] ?? 0;
      if (count === 0) return [];
      const height = count / highest;
      foot += height;
      return [{ value, look, count, foot: foot - height, height }];
    });
  });
}
