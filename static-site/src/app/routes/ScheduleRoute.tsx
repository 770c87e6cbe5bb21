import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { JobsPanel } from '@/features/jobs/JobsPanel';
import { scheduleQuery } from '@/features/schedules/api';
import { ScheduleActs } from '@/features/schedules/ScheduleActs';
import { SchedulePage } from '@/features/schedules/SchedulePage';
import { DeclaredTag, StandingBadge } from '@/features/schedules/StandingBadge';
import { isGone } from '@/shared/api/problem';
import { Page } from '../shell/Page';
import { SchedulesCrumb, ScheduleAway } from './ScheduleAway';

const HISTORY_ROWS = 12;

export default function ScheduleRoute() {
  const { scheduleId } = useParams({ from: '/shell/schedules/$scheduleId' });
  const navigate = useNavigate();
  const { data: schedule, error, refetch } = useQuery(scheduleQuery(scheduleId));
  const filters = useMemo(() => ({ schedule_id: scheduleId }), [scheduleId]);
  if (!schedule || isGone(error)) return <ScheduleAway error={error} retry={() => void refetch()} />;
  return (
    <Page
      title={schedule.name}
      crumb={<SchedulesCrumb />}
      beside={
        <>
          <StandingBadge schedule={schedule} />
          {schedule.declared && <DeclaredTag />}
        </>
      }
      actions={
        <ScheduleActs
          schedule={schedule}
          onDeleted={() => void navigate({ to: '/schedules', replace: true })}
        />
      }
    >
      <SchedulePage
        schedule={schedule}
        history={
          <JobsPanel
            title="History"
            filters={filters}
            shown={HISTORY_ROWS}
            empty={{ title: 'No jobs yet', words: 'Every job that this schedule makes is listed here.' }}
          />
        }
      />
    </Page>
  );
}
