import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import type { JobSummary } from '@/shared/api/types';
import { jobKeys, jobListQuery } from './api';
import type { JobFilters } from './filters';
import { arrivalsOf, revealed, rowsOf, type ListData } from './list';

const MOST_ROWS_FOLLOWED = 600;

/** A live list. With `follow`, what arrives is shown at once; without, it waits until `reveal`. */
export function useJobList(filters: JobFilters, follow: boolean) {
  const client = useQueryClient();
  const query = useInfiniteQuery(jobListQuery(filters));
  const { data } = query;
  const rows = useMemo<JobSummary[] | undefined>(() => data && rowsOf(data, follow), [data, follow]);
  const arrived = data ? arrivalsOf(data).length : 0;
  const key = useMemo(() => jobKeys.list(filters), [filters]);
  const reveal = useCallback(() => {
    client.setQueryData<ListData>(key, (held) => held && revealed(held));
  }, [client, key]);
  // What was shown stays when the list is followed no longer: a row never leaves from under the pointer.
  useEffect(() => {
    if (follow && arrived > 0) reveal();
  }, [follow, arrived, reveal]);
  const isTooLong = follow && rows !== undefined && rows.length > MOST_ROWS_FOLLOWED;
  /** Back to the first page: a list followed for hours must not grow without end. */
  const shorten = useCallback(() => {
    client.setQueryData<ListData>(
      key,
      (held) => held && { pages: held.pages.slice(0, 1), pageParams: held.pageParams.slice(0, 1) },
    );
    void client.invalidateQueries({ queryKey: key });
  }, [client, key]);
  return {
    ...query,
    rows,
    waiting: follow ? 0 : arrived,
    reveal,
    isTooLong,
    shorten,
  };
}
