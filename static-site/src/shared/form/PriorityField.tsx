import { PRIORITIES, type Priority } from '@/shared/api/types';
import { Choice } from '@/shared/ui/Choice';
import { FieldFaults } from '@/shared/ui/FieldFaults';
import { PRIORITY_LOOK } from '@/shared/ui/states';

const OPTIONS = PRIORITIES.map((value) => ({ value, ...PRIORITY_LOOK[value] }));

export function PriorityField({
  value,
  onChange,
  faults,
}: {
  value: Priority;
  onChange: (priority: Priority) => void;
  faults?: string[];
}) {
  return (
    <div>
      <span className="mb-1 block text-xs font-[540]">Priority</span>
      <Choice label="Priority" options={OPTIONS} value={value} onChange={onChange} wide />
      <FieldFaults faults={faults} />
    </div>
  );
}
