import { useId } from 'react';
import { FieldFaults } from '@/shared/ui/FieldFaults';

interface SettingProps {
  label: string;
  hint?: string;
  type: 'number' | 'text' | 'datetime-local';
  value: string;
  onChange: (value: string) => void;
  faults: string[] | undefined;
  className?: string;
  /** The id of a datalist with what may be meant. */
  list?: string;
  mono?: boolean;
}

/** One line to be typed, with its hint and what is wrong with it. */
export function Setting({
  label,
  hint,
  type,
  value,
  onChange,
  faults,
  className = '',
  list,
  mono = false,
}: SettingProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-xs font-[540]">
        {label}
      </label>
      <input
        id={id}
        type={type}
        autoComplete="off"
        className={`field ${mono ? 'font-mono' : ''}`}
        list={list}
        spellCheck={false}
        aria-describedby={`${hint ? `${id}-hint ` : ''}${id}-fault`}
        aria-invalid={faults ? true : undefined}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-2xs text-faint">
          {hint}
        </p>
      )}
      <FieldFaults id={`${id}-fault`} faults={faults} />
    </div>
  );
}
