import { skipToken, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { jobQuery } from '@/features/jobs/api';
import { tasksQuery } from '@/features/submit/api';
import { SubmitView } from '@/features/submit/SubmitView';
import { toast } from '@/shared/ui/toasts';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Page } from '../shell/Page';

export default function SubmitRoute() {
  const { task, like } = useSearch({ from: '/shell/submit' });
  const navigate = useNavigate({ from: '/submit' });
  const tasks = useQuery(tasksQuery());
  const model = useQuery({ ...jobQuery(like ?? ''), ...(like ? {} : { queryFn: skipToken }) });
  const waiting = !tasks.data || (like && model.isPending);
  return (
    <Page title="Submit">
      {tasks.error && !tasks.data ? (
        <div className="panel">
          <FailedToLoad
            what="The catalogue of tasks"
            error={tasks.error}
            retry={() => void tasks.refetch()}
          />
        </div>
      ) : waiting ? (
        <div className="panel">
          <Skeleton rows={6} />
        </div>
      ) : tasks.data.length === 0 ? (
        <div className="panel">
          <Notice icon="workers" title="No task is known yet">
            A worker names its tasks when it starts. Start one, and this page fills.
          </Notice>
        </div>
      ) : (
        <SubmitView
          tasks={tasks.data}
          chosen={task}
          like={model.data}
          onChoose={(name) => void navigate({ search: { task: name }, replace: true })}
          onSubmitted={(job) => {
            toast.done('Submitted', job.task);
            void navigate({ to: '/jobs/$jobId', params: { jobId: job.id } });
          }}
        />
      )}
    </Page>
  );
}
