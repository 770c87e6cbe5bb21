import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { errorsQuery, groupsOf, type ErrorFilters } from '@/features/errors/api';
import { ErrorsFilter } from '@/features/errors/ErrorsFilter';
import { ErrorsList } from '@/features/errors/ErrorsList';
import { tasksQuery } from '@/features/submit/api';
import { Button } from '@/shared/ui/Button';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Page } from '../shell/Page';
import { filtersOf, searchOf } from './errors.search';

export default function ErrorsRoute() {
  const filters = filtersOf(useSearch({ from: '/shell/errors' }));
  const navigate = useNavigate({ from: '/errors' });
  const tasks = useQuery(tasksQuery());
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    errorsQuery(filters),
  );
  const groups = data && groupsOf(data.pages);
  const change = (next: ErrorFilters) => void navigate({ search: searchOf(next), replace: true });
  return (
    <Page title="Errors">
      <ErrorsFilter
        filters={filters}
        counts={data?.pages[0]?.counts}
        taskNames={tasks.data?.map(({ name }) => name) ?? []}
        onChange={change}
      />
      {groups && groups.length > 0 ? (
        <>
          <ErrorsList groups={groups} />
          {hasNextPage && (
            <Button className="self-center" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show more
            </Button>
          )}
        </>
      ) : (
        <div className="panel">
          {groups ? (
            <Nothing filters={filters} clear={() => change({ status: filters.status })} />
          ) : error ? (
            <FailedToLoad what="Errors" error={error} retry={() => void refetch()} />
          ) : (
            <Skeleton rows={5} height={38} />
          )}
        </div>
      )}
    </Page>
  );
}

function Nothing({ filters, clear }: { filters: ErrorFilters; clear: () => void }) {
  if (filters.q || filters.task) {
    return (
      <Notice
        icon="search"
        title="No error matches"
        action={<Button onClick={clear}>Clear the filter</Button>}
      />
    );
  }
  if (filters.status === 'resolved' || filters.status === 'ignored') {
    return <Notice icon="errors" title={`Nothing is ${filters.status}`} />;
  }
  return (
    <Notice icon="ok" tone="text-ok" title={filters.status ? 'No open errors' : 'No errors yet'}>
      Attempts that fail in the same way are one error here, with how often and since when.
    </Notice>
  );
}
