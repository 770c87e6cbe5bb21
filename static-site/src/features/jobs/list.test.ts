import { describe, expect, it } from 'vitest';
import type { JobSummary } from '@/shared/api/types';
import { aJob, aSummary } from '@/shared/testing/factories';
import {
  arrivalsOf,
  firstPage,
  mergeJob,
  MOST_ARRIVALS,
  revealed,
  rowsOf,
  withNews,
  withoutGone,
  type ListData,
} from './list';

const created = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const row = (id: string, second: number, change: Partial<JobSummary> = {}) =>
  aSummary('queued', { id, created_at: created(second), ...change });
const listOf = (items: JobSummary[], next_cursor: string | null = null): ListData => ({
  pages: [firstPage({ items, next_cursor, searched_to: null })],
  pageParams: [null],
});
const ids = (rows: JobSummary[]) => rows.map(({ id }) => id);

describe('a list of jobs', () => {
  it('renews a row in place', () => {
    const list = withNews(listOf([row('b', 2), row('a', 1)]), {}, [
      row('a', 1, { state: 'running', version: 2 }),
    ]);

    expect(rowsOf(list).map(({ id, state }) => [id, state])).toEqual([
      ['b', 'queued'],
      ['a', 'running'],
    ]);
  });

  it('keeps a row when the news about it is older', () => {
    const list = withNews(listOf([row('a', 1, { version: 5 })]), {}, [
      row('a', 1, { state: 'running', version: 4 }),
    ]);

    expect(rowsOf(list)[0]?.state).toBe('queued');
  });

  it('sets new jobs aside until they are revealed', () => {
    const list = withNews(listOf([row('a', 1)]), {}, [row('b', 2)]);

    expect(ids(rowsOf(list))).toEqual(['a']);
    expect(ids(arrivalsOf(list))).toEqual(['b']);
    expect(ids(rowsOf(revealed(list)))).toEqual(['b', 'a']);
    expect(arrivalsOf(revealed(list))).toEqual([]);
  });

  it('sets aside only what matches its filters, and a job that comes to match later', () => {
    const filters = { state: ['failed' as const] };
    const list = withNews(listOf([]), filters, [row('a', 1), row('b', 2, { state: 'failed' })]);

    expect(ids(arrivalsOf(list))).toEqual(['b']);
    expect(ids(arrivalsOf(withNews(list, filters, [row('a', 1, { state: 'failed', version: 2 })])))).toEqual([
      'a',
      'b',
    ]);
  });

  it('holds only the newest of very many that arrive, and then shows nothing behind them', () => {
    const many = Array.from({ length: MOST_ARRIVALS + 20 }, (_, n) =>
      row(`n${String(n).padStart(4, '0')}`, n),
    );
    const list = withNews(listOf([row('a', 0)]), {}, many);
    const newest = many.slice(20).reverse();

    expect(ids(arrivalsOf(list))).toEqual(ids(newest));
    expect(ids(rowsOf(list))).toEqual(['a']);
    expect(ids(rowsOf(revealed(list)))).toEqual(ids(newest));
    expect(revealed(list).pages[0]).toMatchObject({ arrivals: [], overflown: false });
  });

  it('leaves out a job older than its last row while more pages follow', () => {
    const list = withNews(listOf([row('b', 5)], 'next'), {}, [row('a', 1)]);

    expect(arrivalsOf(list)).toEqual([]);
  });

  it('shows a job once even when two pages hold it', () => {
    const one = listOf([row('a', 2)]);
    const list: ListData = {
      pages: [...one.pages, firstPage({ items: [row('a', 2)], next_cursor: null, searched_to: null })],
      pageParams: [null, 'x'],
    };

    expect(ids(rowsOf(list))).toEqual(['a']);
  });

  it('drops what the server no longer lists, but not what lies beyond what it was asked for', () => {
    const list = listOf([row('c', 3), row('b', 2), row('a', 1)], 'next');

    expect(ids(rowsOf(withoutGone(list, [row('c', 3), row('b', 2)], false)))).toEqual(['c', 'b', 'a']);
    expect(ids(rowsOf(withoutGone(list, [row('b', 2)], false)))).toEqual(['b', 'a']);
    expect(ids(rowsOf(withoutGone(list, [row('b', 2)], true)))).toEqual(['b']);
  });

  it('is not changed by news that concerns others', () => {
    const list = listOf([row('a', 1)]);

    expect(rowsOf(withNews(list, { tag: 'x' }, [row('b', 2)]))).toEqual(rowsOf(list));
  });
});

it('keeps params, result and traceback of a whole job when a summary renews it', () => {
  const held = aJob('failed', { version: 3 });
  const { params, result, ...summary } = held;
  const merged = mergeJob(held, {
    ...summary,
    error: held.error && { ...held.error, traceback: null },
    tags: ['x'],
    version: 4,
  });

  expect(merged).toMatchObject({ params, result, tags: ['x'], version: 4 });
  expect(merged.error?.traceback).toBe(held.error?.traceback);
});
