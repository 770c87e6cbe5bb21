import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { jobQuery } from '@/features/jobs/api';
import { Acts } from '@/features/jobs/page/Acts';
import { JobPage } from '@/features/jobs/page/JobPage';
import { tasksQuery } from '@/features/submit/api';
import { isGone } from '@/shared/api/problem';
import { shortId } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { CopyButton } from '@/shared/ui/CopyButton';
import { Icon } from '@/shared/ui/Icon';
import { PriorityLabel, StateBadge } from '@/shared/ui/labels';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Page, TitleBlank } from '../shell/Page';

export default function JobRoute() {
  const { jobId } = useParams({ from: '/shell/jobs/$jobId' });
  const navigate = useNavigate();
  const { data: job, error, refetch } = useQuery(jobQuery(jobId));
  const tasks = useQuery(tasksQuery());
  const crumb = (
    <Link to="/jobs" className="rounded-sm text-faint hover:text-text">
      Jobs <span aria-hidden="true">/</span>
    </Link>
  );
  // One that was deleted meanwhile is still held, but is no more.
  if (!job || isGone(error)) {
    return (
      <Page
        title={error ? 'Job' : <TitleBlank />}
        crumb={crumb}
        // As wide as what will stand there, so that the head has as many lines on a narrow screen.
        beside={!error && <span className="shimmer inline-block h-6 w-60" />}
        actions={!error && <span className="shimmer inline-block h-8 w-44" />}
      >
        <div className="panel">
          {error ? (
            isGone(error) ? (
              <Notice
                icon="search"
                title="There is no such job"
                action={
                  <Button asChild>
                    <Link to="/jobs">All jobs</Link>
                  </Button>
                }
              >
                It may have been removed, or the address is not whole.
              </Notice>
            ) : (
              <FailedToLoad what="The job" error={error} retry={() => void refetch()} />
            )
          ) : (
            <Skeleton rows={4} />
          )}
        </div>
      </Page>
    );
  }
  return (
    <Page
      title={job.task}
      crumb={crumb}
      beside={
        <>
          <PriorityLabel priority={job.priority} />
          <span data-testid="job-state">
            <StateBadge state={job.state} />
          </span>
          {job.state === 'running' && job.cancel_requested_at && (
            <span className="text-xs text-retry">asked to stop</span>
          )}
          <span className="inline-flex items-center gap-0.5 font-mono text-xs text-faint">
            <span title={job.id}>{shortId(job.id)}</span>
            <CopyButton text={job.id} label="Copy the job's id" />
          </span>
        </>
      }
      actions={
        <>
          <Button asChild>
            <Link to="/submit" search={{ task: job.task, like: job.id }}>
              <Icon name="duplicate" />
              Duplicate
            </Link>
          </Button>
          <Acts
            job={job}
            task={tasks.data?.find(({ name }) => name === job.task)}
            onDeleted={() => void navigate({ to: '/jobs', replace: true })}
          />
        </>
      }
    >
      <JobPage key={job.id} job={job} />
    </Page>
  );
}
