import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { schedulesOf, schedulesQuery } from '@/features/schedules/api';
import { SchedulesList } from '@/features/schedules/SchedulesList';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Page } from '../shell/Page';

const NewScheduleLink = () => (
  <Button kind="main" asChild>
    <Link to="/schedules/new">
      <Icon name="plus" />
      New schedule
    </Link>
  </Button>
);

export default function SchedulesRoute() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(schedulesQuery());
  const schedules = data && schedulesOf(data.pages);
  return (
    <Page title="Schedules" actions={<NewScheduleLink />}>
      {schedules && schedules.length > 0 ? (
        <>
          <SchedulesList schedules={schedules} />
          {hasNextPage && (
            <Button className="self-center" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show more
            </Button>
          )}
        </>
      ) : (
        <div className="panel">
          {schedules ? (
            <Notice icon="schedules" title="No schedules yet" action={<NewScheduleLink />}>
              A schedule submits a job by the clock: every few minutes, each weekday at nine, on the first of
              the month. One that code declares shows up here by itself.
            </Notice>
          ) : error ? (
            <FailedToLoad what="Schedules" error={error} retry={() => void refetch()} />
          ) : (
            <Skeleton rows={5} height={38} />
          )}
        </div>
      )}
    </Page>
  );
}
