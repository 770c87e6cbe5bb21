import { expect, it } from 'vitest';
import { parseLanesSearch } from './lanes.search';

const span = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:01:00Z' };

it('takes a span and the table from the address', () => {
  expect(parseLanesSearch({ ...span, show: 'table' })).toEqual({ ...span, show: 'table' });
});

it.each([
  { from: span.from },
  { from: span.to, to: span.from },
  { from: 'yesterday', to: span.to },
  { from: span.from, to: '2026-02-01T00:00:00Z' },
  { show: 'cake' },
])('follows now instead of a span that is none: %o', (search) => {
  expect(parseLanesSearch(search)).toEqual({});
});
