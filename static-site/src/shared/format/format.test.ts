import { expect, it } from 'vitest';
import { bytes, countUpTo, relative, shortId, span } from './format';

it.each([
  [null, '–'],
  [0, '0 s'],
  [0.0123, '12 ms'],
  [0.41, '0.41 s'],
  [3.84, '3.8 s'],
  [59.4, '59 s'],
  [59.7, '1 m'],
  [82, '1 m 22 s'],
  [7_500, '2 h 5 m'],
  [266_400, '3 d 2 h'],
])('writes %s seconds as %s', (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

it('tells past from future', () => {
  expect(relative('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:40Z'))).toBe('40 s ago');
  expect(relative('2026-01-01T00:02:00Z', Date.parse('2026-01-01T00:00:00Z'))).toBe('in 2 min');
});

it('says "or more" for a count that stopped at its limit', () => {
  expect(countUpTo(10_000, 10_000)).toMatch(/^10.000\+$/);
  expect(countUpTo(42, 10_000)).toBe('42');
});

it('shortens an id to what tells two apart', () => {
  expect(shortId('0199f3c2-7b41-7000-8000-0000000abe07')).toBe('0199f3c2…0abe07');
});

it('writes sizes in decimal units', () => {
  expect(bytes(812)).toBe('812 B');
  expect(bytes(12_345_678)).toBe('12.3 MB');
});
