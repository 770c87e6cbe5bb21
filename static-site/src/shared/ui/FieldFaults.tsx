import { Icon } from './Icon';

/** What is wrong with the field above. */
export function FieldFaults({ id, faults }: { id?: string; faults: string[] | undefined }) {
  if (!faults || faults.length === 0) return null;
  return (
    <p id={id} role="alert" className="mt-1 flex items-start gap-1.5 text-xs text-fail">
      <Icon name="warning" size={13} className="mt-0.5" />
      <span>{faults.join('. ')}</span>
    </p>
  );
}
