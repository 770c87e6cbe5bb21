import { expect, it } from 'vitest';
import { anAttempt } from '@/shared/testing/factories';
import { differenceOf, likenessOf, textOf } from './likeness';

const failed = (message: string, change: Partial<Parameters<typeof anAttempt>[0]> = {}) =>
  anAttempt({
    outcome: 'failed',
    error: { type: 'ValueError', message, traceback: `in export\nValueError: ${message}`, attempt: 1 },
    fingerprint: 'a',
    ...change,
  });

it('keeps the lines in common and tells what is gone from what is new', () => {
  const told = differenceOf(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'y', 'd']);

  expect(told.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'same a',
    'gone b',
    'new x',
    'same c',
    'new y',
    'same d',
  ]);
});

it('is nothing but sameness of a text with itself, and nothing at all of no text', () => {
  expect(differenceOf(['a', 'a'], ['a', 'a']).every(({ kind }) => kind === 'same')).toBe(true);
  expect(differenceOf([], [])).toEqual([]);
});

it('gives up comparing each line with each when there are too many, and still shows both', () => {
  const lines = (word: string) => Array.from({ length: 600 }, (_, line) => `${word} ${line}`);
  const told = differenceOf(lines('old'), lines('new'));

  expect(told.filter(({ kind }) => kind === 'gone')).toHaveLength(600);
  expect(told.filter(({ kind }) => kind === 'new')).toHaveLength(600);
});

it('tells the same error from one in other words and from another one', () => {
  expect(likenessOf(failed('row 7'), failed('row 7'))).toBe('same');
  expect(likenessOf(failed('row 7'), failed('row 8'))).toBe('other words');
  expect(likenessOf(failed('row 7'), failed('row 7, too', { fingerprint: 'b' }))).toBe('another error');
});

it('compares nothing with an attempt that did not fail', () => {
  expect(likenessOf(anAttempt(), failed('row 7'))).toBeNull();
});

it('says type and message of an error whose traceback does not', () => {
  expect(textOf({ type: 'WorkerLostError', message: 'gone', traceback: null, attempt: 1 })).toEqual([
    'WorkerLostError: gone',
  ]);
  expect(textOf({ type: 'E', message: 'why', traceback: 'in f\nE: why\n', attempt: 1 })).toEqual([
    'in f',
    'E: why',
  ]);
});
