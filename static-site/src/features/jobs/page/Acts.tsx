import type { Action, Job } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import type { IconName } from '@/shared/ui/Icon';
import { useActOnJob } from '../api';

const ACTS: Partial<Record<Action, { label: string; icon: IconName; kind: 'danger' | 'plain' }>> = {
  retry: { label: 'Retry', icon: 'retry', kind: 'plain' },
  cancel: { label: 'Cancel', icon: 'close', kind: 'danger' },
};

/** The acts the server allows on this job now, and no others. */
export function Acts({ job }: { job: Job }) {
  const act = useActOnJob(job.id);
  return job.allowed_actions.map((action) => {
    const look = ACTS[action];
    // A newer server may allow what this site does not know yet.
    if (!look) return null;
    return (
      <Button
        key={action}
        kind={look.kind}
        icon={look.icon}
        busy={act.isPending && act.variables === action}
        disabled={act.isPending}
        onClick={() => act.mutate(action)}
      >
        {look.label}
      </Button>
    );
  });
}
