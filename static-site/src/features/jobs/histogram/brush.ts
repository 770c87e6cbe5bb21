/** A range of buckets, chosen by pointer or keys, and the times it stands for. Pure. */
import type { JobHistogram } from '@/shared/api/types';
import type { JobFilters } from '../filters';

/** From the start of bucket `first` up to the start of bucket `end`. */
export interface Range {
  first: number;
  end: number;
}

export type Edge = keyof Range;

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** Everything between two buckets that the pointer touched, whichever came first. */
export const between = (a: number, b: number): Range => ({ first: Math.min(a, b), end: Math.max(a, b) + 1 });

/** One edge moved; the two never meet. */
export function moved(range: Range, edge: Edge, to: number, buckets: number): Range {
  return edge === 'first'
    ? { ...range, first: clamp(to, 0, range.end - 1) }
    : { ...range, end: clamp(to, range.first + 1, buckets) };
}

const STEPS: Record<string, (at: number, buckets: number) => number> = {
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  PageDown: (at) => at - 10,
  PageUp: (at) => at + 10,
  Home: () => 0,
  End: (_, buckets) => buckets,
};

/** Where a key takes an edge; null for a key that moves nothing. */
export function movedByKey(range: Range, edge: Edge, key: string, buckets: number): Range | null {
  const step = STEPS[key];
  return step ? moved(range, edge, step(range[edge], buckets), buckets) : null;
}

export const bucketAt = (share: number, buckets: number): number =>
  clamp(Math.floor(share * buckets), 0, buckets - 1);

const widthOf = (histogram: JobHistogram): number => histogram.bucket_seconds * 1000;

export const startOf = (histogram: JobHistogram, bucket: number): number =>
  Date.parse(histogram.from) + bucket * widthOf(histogram);

type Times = Pick<JobFilters, 'created_after' | 'created_before'>;

/** An edge at the end of the histogram is left open: what is new belongs to it. */
export function timesOf(histogram: JobHistogram, range: Range): Times {
  const buckets = histogram.points.length;
  const at = (bucket: number) => new Date(startOf(histogram, bucket)).toISOString();
  return {
    created_after: range.first > 0 || range.end < buckets ? at(range.first) : undefined,
    created_before: range.end < buckets ? at(range.end) : undefined,
  };
}

/** The buckets between the times of the filters; null when they name none, or none that is in sight. */
export function rangeOf(histogram: JobHistogram, filters: Times): Range | null {
  if (!filters.created_after && !filters.created_before) return null;
  const buckets = histogram.points.length;
  const at = (time: string) => (Date.parse(time) - Date.parse(histogram.from)) / widthOf(histogram);
  const first = filters.created_after ? Math.floor(at(filters.created_after)) : 0;
  const end = filters.created_before ? Math.ceil(at(filters.created_before)) : buckets;
  if (end <= 0 || first >= buckets) return null;
  return { first: clamp(first, 0, buckets - 1), end: clamp(end, clamp(first, 0, buckets - 1) + 1, buckets) };
}
