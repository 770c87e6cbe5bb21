import type { Problem } from '@/shared/api/problem';
import { Icon } from '@/shared/ui/Icon';

/** Why the server did not take a form: its words, and the faults that belong to no field. */
export function Refusal({ problem }: { problem: Problem }) {
  const general = problem.faults.filter(
    ({ pointer }) => pointer === '' || pointer === '/' || pointer === '/task',
  );
  return (
    <p role="alert" className="flex min-w-0 flex-1 items-start gap-2 text-xs text-fail">
      <Icon name="warning" size={14} className="mt-px" />
      <span>{[problem.detail || problem.title, ...general.map(({ message }) => message)].join(' ')}</span>
    </p>
  );
}
