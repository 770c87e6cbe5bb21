import { expect, it } from 'vitest';
import { aHistogram } from '@/shared/testing/factories';
import { between, bucketAt, moved, movedByKey, rangeOf, timesOf } from './brush';

const histogram = aHistogram(Array.from({ length: 10 }, () => ({})));

it('holds every bucket between two, whichever was touched first', () => {
  expect(between(5, 2)).toEqual({ first: 2, end: 6 });
  expect(between(3, 3)).toEqual({ first: 3, end: 4 });
});

it('lets no edge pass the other or leave the histogram', () => {
  expect(moved({ first: 2, end: 4 }, 'first', 9, 10)).toEqual({ first: 3, end: 4 });
  expect(moved({ first: 2, end: 4 }, 'end', 0, 10)).toEqual({ first: 2, end: 3 });
  expect(moved({ first: 2, end: 4 }, 'end', 99, 10)).toEqual({ first: 2, end: 10 });
});

it('moves an edge by keys', () => {
  expect(movedByKey({ first: 2, end: 4 }, 'end', 'ArrowRight', 10)).toEqual({ first: 2, end: 5 });
  expect(movedByKey({ first: 2, end: 4 }, 'first', 'Home', 10)).toEqual({ first: 0, end: 4 });
  expect(movedByKey({ first: 2, end: 4 }, 'first', 'x', 10)).toBeNull();
});

it('finds the bucket under the pointer, also at the outer edges', () => {
  expect([bucketAt(-0.1, 10), bucketAt(0.55, 10), bucketAt(1, 10)]).toEqual([0, 5, 9]);
});

it('stands for times, and leaves the newest edge open so that new jobs belong to it', () => {
  expect(timesOf(histogram, { first: 2, end: 4 })).toEqual({
    created_after: '2026-01-01T00:02:00.000Z',
    created_before: '2026-01-01T00:04:00.000Z',
  });
  expect(timesOf(histogram, { first: 2, end: 10 }).created_before).toBeUndefined();
  expect(timesOf(histogram, { first: 0, end: 10 })).toEqual({});
});

it('comes back from the times it stood for', () => {
  expect(rangeOf(histogram, timesOf(histogram, { first: 2, end: 4 }))).toEqual({ first: 2, end: 4 });
  expect(rangeOf(histogram, timesOf(histogram, { first: 7, end: 10 }))).toEqual({ first: 7, end: 10 });
  expect(rangeOf(histogram, {})).toBeNull();
  expect(rangeOf(histogram, { created_after: '2027-01-01T00:00:00Z' })).toBeNull();
  expect(rangeOf(histogram, { created_after: '2025-01-01T00:00:00Z' })).toEqual({ first: 0, end: 10 });
});
