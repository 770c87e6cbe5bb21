import type { Range } from '@/features/overview/api';

export const RANGE_NAMES = ['15m', '1h', '24h'] as const satisfies readonly Range[];

export interface OverviewSearch {
  range?: Range;
  /** The batch of a priority demo to be watched. */
  demo?: string;
}

export const parseOverviewSearch = (search: Record<string, unknown>): OverviewSearch => ({
  range: RANGE_NAMES.find((range) => range === search.range),
  demo: typeof search.demo === 'string' && search.demo ? search.demo : undefined,
});
