import type { Queue } from '@/shared/api/types';
import { span } from '@/shared/format/format';
import { Ago } from '@/shared/ui/Time';

export const PausedWords = ({ queue }: { queue: Queue }) => (
  <span className="text-retry" title="No job of this priority starts until it is resumed">
    <b className="font-[560]">Paused</b>
    {queue.paused_by && ` by ${queue.paused_by}`} {queue.paused_at && <Ago time={queue.paused_at} />}
  </span>
);

export function drainsIn(queue: Queue): string {
  if (queue.queued === 0) return 'empty';
  if (queue.paused) return 'paused';
  return queue.drain_seconds === null ? 'unknown' : span(queue.drain_seconds);
}
