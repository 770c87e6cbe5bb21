import type { Queue } from '@/shared/api/types';
import { IconButton } from '@/shared/ui/Button';
import { guarded } from '@/shared/ui/guard';
import { usePauseQueue } from './api';

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

export const guardedPause = (name: string, act: () => void): void =>
  guarded({
    title: `Pause the queue ${name}?`,
    about: `No job of ${name} priority starts until it is resumed. Running ones finish.`,
    confirm: 'Pause queue',
    act,
  });
