import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it.each([
  ['en-US', '10,000', '3.8 s', '0.41 s', '12.3 MB', '09:05:07.250', /^Jan 31, 2026/],
  ['de-DE', '10.000', '3,8 s', '0,41 s', '12,3 MB', '09:05:07,250', /^31\.01\.2026/],
])('writes numbers and dates as readers of %s do', async (language, many, span, short, size, clock, day) => {
  vi.stubGlobal('navigator', { language });
  vi.resetModules();
  const format = await import('./format');
  const moment = new Date(2026, 0, 31, 9, 5, 7, 250).toISOString();

  expect(format.count(10_000)).toBe(many);
  expect([format.span(3.84), format.span(0.41)]).toEqual([span, short]);
  expect(format.bytes(12_345_678)).toBe(size);
  expect(format.timeOfDayMillis(moment)).toBe(clock);
  expect(format.exactTime(moment)).toMatch(day);
});
