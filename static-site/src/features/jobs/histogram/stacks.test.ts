import { expect, it } from 'vitest';
import { aHistogram } from '@/shared/testing/factories';
import { barsOf } from './stacks';

it('stands failures upon what went well, in shares of the highest bar', () => {
  const [first, second, third] = barsOf(aHistogram([{ failed: 1, succeeded: 3 }, { failed: 1 }, {}]));

  expect(first?.map(({ value, foot, height }) => [value, foot, height])).toEqual([
    ['succeeded', 0, 0.75],
    ['failed', 0.75, 0.25],
  ]);
  expect(second?.map(({ foot, height }) => [foot, height])).toEqual([[0, 0.25]]);
  expect(third).toEqual([]);
});

it('has low at the foot and high at the head', () => {
  const [bar] = barsOf(aHistogram([{ high: 1, low: 1, medium: 2 }], { by: 'priority' }));

  expect(bar?.map(({ value }) => value)).toEqual(['low', 'medium', 'high']);
});
