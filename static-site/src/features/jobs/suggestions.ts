/** What the filter field proposes while one writes. Pure. */
import { JOB_STATES, PRIORITIES, type FacetValue, type JobFacets } from '@/shared/api/types';
import { QUALIFIERS, type Qualifier, type Writing } from './queryText';

export type Suggestion =
  | { kind: 'qualifier'; qualifier: Qualifier; about: string }
  | { kind: 'value'; qualifier: Qualifier; value: string; count?: string };

const MOST = 8;

const ABOUT: Record<Qualifier, string> = {
  state: 'queued, running, failed …',
  priority: 'high, medium, low',
  task: 'name of the task',
  tag: 'a whole tag',
  source: 'webhook or schedule it came from',
  key: 'unique or concurrency key',
};

type Known = Record<Qualifier, { value: string; count?: string }[]>;

export function knownValues(
  facets: JobFacets | undefined,
  taskNames: readonly string[],
  words: (count: number, countedTo: number) => string,
): Known {
  const of = (field: keyof JobFacets) =>
    (facets?.[field].values ?? []).map(({ value, count }: FacetValue) => ({
      value,
      count: words(count, facets?.[field].counted_to ?? Infinity),
    }));
  const named = (values: readonly string[], counted: { value: string; count?: string }[]) =>
    values.map((value) => counted.find((one) => one.value === value) ?? { value });
  const tasks = of('task');
  return {
    state: named(JOB_STATES, of('state')),
    priority: named(PRIORITIES, of('priority')),
    task: [...tasks, ...named(taskNames, tasks).filter(({ count }) => count === undefined)],
    tag: of('tag'),
    source: of('source'),
    key: [],
  };
}

/** Begins with what is written first, then what has it inside. */
function ranked<T extends { value: string }>(all: T[], written: string): T[] {
  const text = written.toLowerCase();
  const at = ({ value }: T) => value.toLowerCase().indexOf(text);
  return all.filter((one) => at(one) >= 0).sort((a, b) => Math.min(at(a), 1) - Math.min(at(b), 1));
}

export function suggestionsFor({ qualifier, value }: Writing, known: Known): Suggestion[] {
  if (qualifier) {
    const fitting = ranked(known[qualifier], value).filter((one) => one.value !== '');
    return fitting.slice(0, MOST).map((one) => ({ kind: 'value', qualifier, ...one }));
  }
  const qualifiers = QUALIFIERS.filter((one) => one.startsWith(value.toLowerCase()));
  const asked: Suggestion[] = qualifiers.map((one) => ({
    kind: 'qualifier',
    qualifier: one,
    about: ABOUT[one],
  }));
  if (value.length < 2) return asked;
  const values = (['task', 'tag', 'source', 'state', 'priority'] as const).flatMap((one) =>
    ranked(known[one], value).map((found): Suggestion => ({ kind: 'value', qualifier: one, ...found })),
  );
  return [...asked, ...values].slice(0, MOST);
}
