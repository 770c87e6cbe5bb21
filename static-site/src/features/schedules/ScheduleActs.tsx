import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { WholeSchedule } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { Icon } from '@/shared/ui/Icon';
import { useDeleteSchedule, usePauseSchedule, useRunSchedule } from './api';
import { guardedPause } from './guardedPause';

export function ScheduleActs({ schedule, onDeleted }: { schedule: WholeSchedule; onDeleted: () => void }) {
  const pause = usePauseSchedule(schedule);
  const run = useRunSchedule(schedule);
  const paused = schedule.paused_at !== null;
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button icon="now" busy={run.isPending} onClick={() => run.mutate()}>
        Run now
      </Button>
      <Button
        icon={paused ? 'play' : 'pause'}
        disabled={pause.isPending}
        onClick={() => (paused ? pause.mutate(false) : guardedPause(schedule.name, () => pause.mutate(true)))}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      {!schedule.declared && (
        <Button asChild>
          <Link to="/schedules/$scheduleId/edit" params={{ scheduleId: schedule.id }}>
            <Icon name="edit" />
            Edit
          </Link>
        </Button>
      )}
      <Button kind="danger" icon="remove" onClick={() => setAsking(true)}>
        Delete
      </Button>
      {asking && <DeleteQuestion schedule={schedule} close={() => setAsking(false)} onDeleted={onDeleted} />}
    </>
  );
}

function DeleteQuestion({
  schedule,
  close,
  onDeleted,
}: {
  schedule: WholeSchedule;
  close: () => void;
  onDeleted: () => void;
}) {
  const remove = useDeleteSchedule(schedule);
  return (
    <ConfirmDialog
      title={`Delete ${schedule.name}?`}
      confirm="Delete schedule"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted })}
      close={close}
    >
      <p>It makes no more jobs. The jobs it made stay.</p>
    </ConfirmDialog>
  );
}
