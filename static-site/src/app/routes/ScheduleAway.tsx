import { Link } from '@tanstack/react-router';
import { isGone } from '@/shared/api/problem';
import { Button } from '@/shared/ui/Button';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Page, TitleBlank } from '../shell/Page';

export const SchedulesCrumb = () => (
  <Link to="/schedules" className="rounded-sm text-faint hover:text-text">
    Schedules <span aria-hidden="true">/</span>
  </Link>
);

/** The page of a schedule while there is none to show: it loads, it could not be loaded, it is no more. */
export function ScheduleAway({ error, retry }: { error: Error | null; retry: () => void }) {
  return (
    <Page title={error ? 'Schedule' : <TitleBlank />} crumb={<SchedulesCrumb />}>
      <div className="panel">
        {!error ? (
          <Skeleton rows={4} />
        ) : isGone(error) ? (
          <Notice
            icon="search"
            title="There is no such schedule"
            action={
              <Button asChild>
                <Link to="/schedules">All schedules</Link>
              </Button>
            }
          >
            It may have been deleted, or the address is not whole.
          </Notice>
        ) : (
          <FailedToLoad what="The schedule" error={error} retry={retry} />
        )}
      </div>
    </Page>
  );
}
