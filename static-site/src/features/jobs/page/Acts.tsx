import { useState } from 'react';
import type { Action, Job, TaskInfo } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { guarded } from '@/shared/ui/guard';
import { Icon } from '@/shared/ui/Icon';
import { PriorityMenu } from '@/shared/ui/PriorityMenu';
import { useActOnJob, useDeleteJob } from '../acts';
import { RetryDialog } from './RetryDialog';

interface ActsProps {
  job: Job;
  /** Its task, when a worker has announced it: what the params of a retry may be. */
  task?: TaskInfo;
  onDeleted: () => void;
}

/** The acts the server allows on this job now, and no others. */
export function Acts({ job, task, onDeleted }: ActsProps) {
  const act = useActOnJob(job.id);
  const [asking, setAsking] = useState<'edit' | 'delete' | null>(null);
  const may = (action: Action): boolean => job.allowed_actions.includes(action);
  const busyWith = (action: Action): boolean => act.isPending && act.variables.action === action;
  const close = () => setAsking(null);
  return (
    <>
      {may('retry') && (
        <>
          <Button
            icon="retry"
            busy={busyWith('retry')}
            disabled={act.isPending}
            aria-keyshortcuts="r"
            onClick={() => act.mutate({ action: 'retry' })}
          >
            Retry
          </Button>
          <Button icon="edit" disabled={act.isPending} onClick={() => setAsking('edit')}>
            Edit and retry
          </Button>
        </>
      )}
      {may('run-now') && (
        <Button
          icon="now"
          busy={busyWith('run-now')}
          disabled={act.isPending}
          onClick={() => act.mutate({ action: 'run-now' })}
        >
          Run now
        </Button>
      )}
      {may('priority') && (
        <PriorityMenu
          value={job.priority}
          onChoose={(priority) => act.mutate({ action: 'priority', priority })}
        >
          <Button disabled={act.isPending}>
            Priority
            <Icon name="down" size={12} className="text-faint" />
          </Button>
        </PriorityMenu>
      )}
      {may('cancel') && (
        <Button
          kind="danger"
          icon="close"
          busy={busyWith('cancel')}
          disabled={act.isPending}
          aria-keyshortcuts="c"
          onClick={() =>
            guarded({
              title: `Cancel this job of ${job.task}?`,
              about: 'A waiting job ends at once; a running one is asked to stop.',
              confirm: 'Cancel job',
              act: () => act.mutate({ action: 'cancel' }),
            })
          }
        >
          Cancel
        </Button>
      )}
      {may('delete') && (
        <Button kind="danger" icon="remove" disabled={act.isPending} onClick={() => setAsking('delete')}>
          Delete
        </Button>
      )}
      {asking === 'edit' && <RetryDialog job={job} task={task} close={close} />}
      {asking === 'delete' && <DeleteQuestion job={job} close={close} onDeleted={onDeleted} />}
    </>
  );
}

function DeleteQuestion({ job, close, onDeleted }: { job: Job; close: () => void; onDeleted: () => void }) {
  const remove = useDeleteJob(job.id, job.task);
  return (
    <ConfirmDialog
      title={`Delete this job of ${job.task}?`}
      confirm="Delete job"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted })}
      close={close}
    >
      <p>Its attempts, its log and its files go with it. This cannot be undone.</p>
    </ConfirmDialog>
  );
}
