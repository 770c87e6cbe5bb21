/** The filter field: free text with qualifiers, `tag:nightly priority:high report`. */
import { JOB_STATES, PRIORITIES } from '@/shared/api/types';
import type { JobFilters } from './filters';

const QUALIFIED = /(^|\s)(tag|task|priority|state):\S/;

export const hasQualifier = (text: string): boolean => QUALIFIED.test(text);

/** The filters with the qualifiers of `text` taken in; what is no qualifier stays the searched text. */
export function withQueryText(filters: JobFilters, text: string): JobFilters {
  const next: JobFilters = { ...filters };
  const words: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const [, name, value] = /^(tag|task|priority|state):(.+)$/.exec(word) ?? [];
    const priority = PRIORITIES.find((one) => one === value);
    const state = JOB_STATES.find((one) => one === value);
    if (name === 'tag' && value) next.tag = value;
    else if (name === 'task' && value) next.task = [...new Set([...(next.task ?? []), value])];
    else if (name === 'priority' && priority)
      next.priority = [...new Set([...(next.priority ?? []), priority])];
    else if (name === 'state' && state) next.state = [...new Set([...(next.state ?? []), state])];
    else if (word) words.push(word);
  }
  next.q = words.join(' ');
  return next;
}
