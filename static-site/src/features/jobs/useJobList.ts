import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { JobSummary } from '@/shared/api/types';
import { jobKeys, jobListQuery, PAGE } from './api';
import type { JobFilters } from './filters';
import { arrivalsOf, revealed, rowsOf, shortened, type ListData } from './list';

const MOST_ROWS_FOLLOWED = 600;

/**
 * A live list. With `follow`, what arrives is shown at once, and the list is cut back to its first page when it has grown
 * long; without, it waits until `reveal`.
 */
export function useJobList(filters: JobFilters, follow: boolean) {
  const client = useQueryClient();
  const query = useInfiniteQuery(jobListQuery(filters));
  const { data } = query;
  const rows = useMemo<JobSummary[] | undefined>(() => data && rowsOf(data, follow), [data, follow]);
  const arrived = data ? arrivalsOf(data).length : 0;
  const overflown = data?.pages[0]?.overflown ?? false;
  const key = useMemo(() => jobKeys.list(filters), [filters]);
  const cut = useCallback(
    (to: (held: ListData) => ListData) => {
      client.setQueryData<ListData>(key, (held) => held && to(held));
      // This list alone: the key of one without filters is the beginning of every other's.
      void client.invalidateQueries({ queryKey: key, exact: true });
    },
    [client, key],
  );
  const reveal = useCallback(() => {
    if (overflown) cut(revealed);
    else client.setQueryData<ListData>(key, (held) => held && revealed(held));
  }, [client, key, cut, overflown]);
  // What was shown stays when the list is followed no longer: a row never leaves from under the pointer.
  useEffect(() => {
    if (follow && arrived > 0) reveal();
  }, [follow, arrived, reveal]);
  const isTooLong = follow && rows !== undefined && rows.length > MOST_ROWS_FOLLOWED;
  useEffect(() => {
    if (isTooLong) cut((held) => shortened(held, PAGE));
  }, [isTooLong, cut]);
  return { ...query, rows, waiting: follow ? 0 : arrived, reveal };
}
