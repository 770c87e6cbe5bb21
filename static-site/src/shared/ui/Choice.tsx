/** One of a few, all in sight: a row of radio buttons that looks like one control. */
import { useId } from 'react';
import { Icon, type IconName } from './Icon';

export interface Option<T extends string> {
  value: T;
  label: string;
  icon?: IconName;
  tone?: string;
}

interface ChoiceProps<T extends string> {
  label: string;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
  wide?: boolean;
}

const ITEM =
  'relative inline-flex min-h-7 flex-1 items-center justify-center gap-1.5 px-2.5 text-xs whitespace-nowrap text-soft transition duration-(--quick) hover:text-text has-checked:bg-panel-3 has-checked:font-[540] has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent first:rounded-l-[5px] last:rounded-r-[5px]';

export function Choice<T extends string>({ label, options, value, onChange, wide }: ChoiceProps<T>) {
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={`rounded-sm border border-line-2 bg-panel ${wide ? 'flex w-full' : 'inline-flex'}`}
    >
      {options.map((option) => (
        <label key={option.value} className={ITEM}>
          {/* Over the whole of its label, so that it is what is pressed, and seen by its label alone. */}
          <input
            type="radio"
            name={name}
            className="absolute inset-0 m-0 appearance-none outline-none"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.icon && <Icon name={option.icon} size={14} className={option.tone} />}
          {option.label}
        </label>
      ))}
    </div>
  );
}
