/** The histogram over a list of jobs: spans, query. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read } from '@/shared/api/client';
import type { JobHistogram } from '@/shared/api/types';
import { serverNow } from '@/shared/format/clock';
import { jobKeys } from '../api';
import { tidy, type JobFilters } from '../filters';

/** The shortest first. */
export const SPANS = ['1h', '24h', '7d', '30d', '1y'] as const;
export type Span = (typeof SPANS)[number];
export const STACKS = ['state', 'priority'] as const;
export type Stack = (typeof STACKS)[number];

const HOURS: Record<Span, number> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720, '1y': 8_760 };
const REFRESH_MILLISECONDS = 10_000;

const milliseconds = (span: Span): number => HOURS[span] * 3_600_000;

/** The span that was asked for, or the shortest longer one that reaches back to where the filters begin. */
export function spanFor(asked: Span, filters: JobFilters, now: number): Span {
  const begin = Date.parse(filters.created_after ?? filters.created_before ?? '');
  if (Number.isNaN(begin)) return asked;
  const longer = SPANS.slice(SPANS.indexOf(asked));
  return longer.find((span) => begin >= now - milliseconds(span)) ?? '1y';
}

export const histogramQuery = (filters: JobFilters, span: Span, by: Stack) => {
  const others = tidy({ ...filters, created_after: undefined, created_before: undefined });
  return queryOptions({
    queryKey: [...jobKeys.histogram, others, span, by],
    queryFn: ({ signal }): Promise<JobHistogram> => {
      const to = serverNow();
      const query = {
        ...others,
        from: new Date(to - milliseconds(span)).toISOString(),
        to: new Date(to).toISOString(),
        by,
      };
      return read(api().GET('/api/v1/jobs/histogram', { params: { query }, signal }));
    },
    refetchInterval: REFRESH_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
};
