import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { scheduleQuery } from '@/features/schedules/api';
import { ScheduleForm } from '@/features/schedules/ScheduleForm';
import { tasksQuery } from '@/features/submit/api';
import { isGone } from '@/shared/api/problem';
import type { WholeSchedule } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { toast } from '@/shared/ui/toasts';
import { Page } from '../shell/Page';
import { ScheduleAway, SchedulesCrumb } from './ScheduleAway';

export function NewScheduleRoute() {
  return (
    <Page title="New schedule" crumb={<SchedulesCrumb />}>
      <FormWithTasks />
    </Page>
  );
}

export function EditScheduleRoute() {
  const { scheduleId } = useParams({ from: '/shell/schedules/$scheduleId/edit' });
  const { data: schedule, error, refetch } = useQuery(scheduleQuery(scheduleId));
  if (!schedule || isGone(error)) return <ScheduleAway error={error} retry={() => void refetch()} />;
  return (
    <Page title={`Edit ${schedule.name}`} crumb={<SchedulesCrumb />}>
      <FormWithTasks key={schedule.id} schedule={schedule} />
    </Page>
  );
}

function FormWithTasks({ schedule }: { schedule?: WholeSchedule }) {
  const navigate = useNavigate();
  const tasks = useQuery(tasksQuery());
  if (!tasks.data || (tasks.data.length === 0 && !schedule)) {
    return (
      <div className="panel">
        {tasks.data ? (
          <Notice icon="workers" title="No task is known yet">
            A worker names its tasks when it starts. Start one, and schedules can be made of them.
          </Notice>
        ) : tasks.error ? (
          <FailedToLoad
            what="The catalogue of tasks"
            error={tasks.error}
            retry={() => void tasks.refetch()}
          />
        ) : (
          <Skeleton rows={6} />
        )}
      </div>
    );
  }
  return (
    <ScheduleForm
      tasks={tasks.data}
      schedule={schedule}
      onSaved={(saved) => {
        toast.done(schedule ? 'Saved' : 'Created', saved.name);
        void navigate({ to: '/schedules/$scheduleId', params: { scheduleId: saved.id } });
      }}
      cancel={
        <Button kind="quiet" asChild className="min-h-9">
          {schedule ? (
            <Link to="/schedules/$scheduleId" params={{ scheduleId: schedule.id }}>
              Back
            </Link>
          ) : (
            <Link to="/schedules">Back</Link>
          )}
        </Button>
      }
    />
  );
}
