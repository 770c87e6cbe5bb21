/** What of the lanes is in the address: which span, and how it is shown. */
import { WIDEST } from '@/features/lanes/camera';

export interface LanesSearch {
  /** A fixed span, both or neither: times as RFC 3339. Without it the last minutes are followed. */
  from?: string;
  to?: string;
  show?: 'table';
}

const timeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && Number.isFinite(Date.parse(value)) ? value : undefined;

export function parseLanesSearch(search: Record<string, unknown>): LanesSearch {
  const from = timeOf(search.from);
  const to = timeOf(search.to);
  const width = from && to ? Date.parse(to) - Date.parse(from) : 0;
  return {
    ...(width > 0 && width <= WIDEST ? { from, to } : {}),
    ...(search.show === 'table' ? { show: 'table' as const } : {}),
  };
}
