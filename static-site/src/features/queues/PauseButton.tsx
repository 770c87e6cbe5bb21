import type { Queue } from '@/shared/api/types';
import { IconButton } from '@/shared/ui/Button';
import { usePauseQueue } from './api';
import { guardedPause } from './guardedPause';

export function PauseButton({ queue }: { queue: Queue }) {
  const pause = usePauseQueue(queue.name);
  const word = queue.paused ? 'Resume' : 'Pause';
  return (
    <IconButton
      icon={queue.paused ? 'play' : 'pause'}
      label={`${word} ${queue.name}`}
      disabled={pause.isPending}
      onClick={() =>
        queue.paused ? pause.mutate(false) : guardedPause(queue.name, () => pause.mutate(true))
      }
      className="-mr-1.5"
    />
  );
}
