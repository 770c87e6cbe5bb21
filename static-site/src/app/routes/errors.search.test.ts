import { expect, it } from 'vitest';
import { stringifySearch } from '../address';
import { filtersOf, parseErrorsSearch, searchOf } from './errors.search';

it('shows open errors when nothing is asked for, and keeps the address bare', () => {
  expect(filtersOf(parseErrorsSearch({}))).toEqual({ status: 'open', task: undefined, q: undefined });
  expect(stringifySearch({ ...searchOf({ status: 'open' }) })).toBe('');
});

it('leaves out a status that does not exist', () => {
  expect(filtersOf(parseErrorsSearch({ status: 'gone' })).status).toBe('open');
});

it.each([{ status: 'resolved' as const }, { status: undefined, task: 'a', q: '404' }])(
  'survives a way there and back: %o',
  (filters) => {
    expect(filtersOf(parseErrorsSearch({ ...searchOf(filters) }))).toEqual({
      task: undefined,
      q: undefined,
      ...filters,
    });
  },
);
