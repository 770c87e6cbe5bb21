/** What the page of errors shows, as it stands in the address. Open ones are what one comes for. */
import type { ErrorFilters } from '@/features/errors/api';
import { STATUSES } from '@/features/errors/standing';

export interface ErrorsSearch {
  status?: ErrorFilters['status'] | 'all';
  task?: string;
  q?: string;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() || undefined : undefined;

export function parseErrorsSearch(search: Record<string, unknown>): ErrorsSearch {
  const status = (['all', ...STATUSES] as const).find((one) => one === search.status);
  return {
    status: status === 'open' ? undefined : status,
    task: text(search.task),
    q: text(search.q),
  };
}

export const filtersOf = ({ status = 'open', task, q }: ErrorsSearch): ErrorFilters => ({
  status: status === 'all' ? undefined : status,
  task,
  q,
});

export const searchOf = ({ status, task, q }: ErrorFilters): ErrorsSearch => ({
  status: status === undefined ? 'all' : status === 'open' ? undefined : status,
  task,
  q,
});
