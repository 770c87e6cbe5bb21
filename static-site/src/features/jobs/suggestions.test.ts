import { expect, it } from 'vitest';
import type { JobFacets } from '@/shared/api/types';
import { countUpTo } from '@/shared/format/format';
import { writingAt } from './queryText';
import { knownValues, suggestionsFor } from './suggestions';

const facet = (values: Record<string, number>) => ({
  values: Object.entries(values).map(([value, count]) => ({ value, count })),
  counted_to: 1000,
  complete: true,
});
const facets: JobFacets = {
  state: facet({ failed: 3 }),
  priority: facet({ high: 2 }),
  task: facet({ data_export: 1000, demo: 2 }),
  source: facet({ github: 4 }),
  tag: facet({ nightly: 5, 'export-eu': 1 }),
};
const known = knownValues(facets, ['demo', 'never_ran'], countUpTo);
const suggested = (text: string) =>
  suggestionsFor(writingAt(text, text.length), known).map((one) =>
    one.kind === 'qualifier'
      ? `${one.qualifier}:`
      : `${one.qualifier}:${one.value} ${one.count ?? ''}`.trim(),
  );

it('proposes every qualifier before anything is written', () => {
  expect(suggested('')).toEqual(['state:', 'priority:', 'task:', 'tag:', 'source:', 'key:']);
});

it('proposes the qualifiers that begin so, then values that hold it', () => {
  expect(suggested('ta')).toEqual(['task:', 'tag:', 'task:data_export 1,000+']);
  expect(suggested('exp')).toEqual(['task:data_export 1,000+', 'tag:export-eu 1']);
});

it('proposes values of a qualifier with their counts, those that begin so first', () => {
  expect(suggested('task:e')).toEqual(['task:data_export 1,000+', 'task:demo 2', 'task:never_ran']);
  expect(suggested('x tag:exp')).toEqual(['tag:export-eu 1']);
  expect(suggested('state:')).toHaveLength(7);
});

it('proposes nothing for a key, which nobody can list', () => {
  expect(suggested('key:a')).toEqual([]);
});
