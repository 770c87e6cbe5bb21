import type { ErrorGroup } from '@/shared/api/types';
import { Icon } from '@/shared/ui/Icon';
import { lookOf } from './standing';

export function StatusBadge({ group }: { group: ErrorGroup }) {
  const { label, icon, tone } = lookOf(group);
  return (
    <span className={`inline-flex items-center gap-1.5 align-top font-[540] whitespace-nowrap ${tone}`}>
      <Icon name={icon} size={15} />
      {label}
    </span>
  );
}
