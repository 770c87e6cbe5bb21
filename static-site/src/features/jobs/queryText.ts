/** The filter field: free text with qualifiers, `tag:nightly priority:high source:"github app" report`. Pure. */
import { JOB_STATES, PRIORITIES } from '@/shared/api/types';
import type { JobFilters } from './filters';

export const QUALIFIERS = ['state', 'priority', 'task', 'tag', 'source', 'key'] as const;
export type Qualifier = (typeof QUALIFIERS)[number];

const NAMES = QUALIFIERS.join('|');
const QUALIFIED = new RegExp(`(^|\\s)(${NAMES}):\\S`);
// A qualifier with its value, a quoted phrase, or a word. A quote that is not closed yet goes to the end.
const TOKEN = new RegExp(`(?:(${NAMES}):)?(?:"([^"]*)(?:"|$)|([^\\s"]\\S*)|(?=\\s|$))|\\S+`, 'g');

export const hasQualifier = (text: string): boolean => QUALIFIED.test(text);

interface Token {
  start: number;
  end: number;
  written: string;
  qualifier: Qualifier | null;
  value: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const [written, name, quoted, plain] = match;
    if (written === '') continue;
    const qualifier = QUALIFIERS.find((one) => one === name) ?? null;
    const value = quoted ?? plain ?? (qualifier ? '' : written);
    tokens.push({ start: match.index, end: match.index + written.length, written, qualifier, value });
  }
  return tokens;
}

/** The filters with one condition more; null when there is no such value. */
export function withValue(filters: JobFilters, qualifier: Qualifier, value: string): JobFilters | null {
  const more = <T>(list: T[] | undefined, one: T): T[] => [...new Set([...(list ?? []), one])];
  if (!value) return null;
  switch (qualifier) {
    case 'state': {
      const state = JOB_STATES.find((one) => one === value);
      return state ? { ...filters, state: more(filters.state, state) } : null;
    }
    case 'priority': {
      const priority = PRIORITIES.find((one) => one === value);
      return priority ? { ...filters, priority: more(filters.priority, priority) } : null;
    }
    case 'task':
      return { ...filters, task: more(filters.task, value) };
    default:
      return { ...filters, [qualifier]: value };
  }
}

/** The filters with the qualifiers of `text` taken in; what is no qualifier stays the searched text. */
export function withQueryText(filters: JobFilters, text: string): JobFilters {
  let next: JobFilters = { ...filters };
  const words: string[] = [];
  for (const { qualifier, value, written } of tokensOf(text)) {
    const taken = qualifier && withValue(next, qualifier, value);
    if (taken) next = taken;
    else words.push(written);
  }
  next.q = words.join(' ');
  return next;
}

/** What is being written at the caret: a qualifier's value, or a word that may become a qualifier. */
export interface Writing {
  start: number;
  end: number;
  qualifier: Qualifier | null;
  value: string;
}

export function writingAt(text: string, caret: number): Writing {
  const token = tokensOf(text).find(({ start, end }) => start < caret && caret <= end);
  return token ?? { start: caret, end: caret, qualifier: null, value: '' };
}

/** The text without what was being written. */
export const without = (text: string, { start, end }: Writing): string =>
  `${text.slice(0, start).trimEnd()} ${text.slice(end).trimStart()}`.trim();
