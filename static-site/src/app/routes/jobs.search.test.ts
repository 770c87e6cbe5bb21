import { expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../address';
import { parseJobsSearch } from './jobs.search';

const parsed = (address: string) => parseJobsSearch(parseSearch(address));

it('reads lists separated by commas', () => {
  expect(parsed('?state=failed,queued&priority=high&task=a.b,c')).toEqual({
    state: ['failed', 'queued'],
    priority: ['high'],
    task: ['a.b', 'c'],
  });
});

it('leaves out states and priorities that do not exist', () => {
  expect(parsed('?state=exploded,failed&priority=urgent')).toEqual({ state: ['failed'] });
});

it('leaves out what is empty, so that an address without filters is bare', () => {
  expect(parsed('?state=&tag=&q=')).toEqual({});
  expect(stringifySearch({ state: [], tag: undefined })).toBe('');
});

it('keeps a tag that looks like a number as text', () => {
  expect(parsed('?tag=2024').tag).toBe('2024');
});

it('makes the same address whatever the order the filters were chosen in', () => {
  expect(stringifySearch({ ...parsed('?state=queued,failed') })).toBe('?state=failed,queued');
});

it('survives a way there and back, with spaces and signs in the text', () => {
  const filters = { q: 'a & b=c, "d"', tag: 'nightly' };

  expect(parsed(stringifySearch(filters))).toEqual(filters);
});

it('reads times, the pane and the histogram, and leaves out what is none', () => {
  expect(parsed('?created_after=2026-01-01T00:00:00Z&created_before=soon&span=7d&by=colour&job=a')).toEqual({
    created_after: '2026-01-01T00:00:00.000Z',
    span: '7d',
    job: 'a',
  });
});
