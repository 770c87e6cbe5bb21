/** One of a few, all in sight: a row of radio buttons that looks like one control. */
import { ToggleGroup } from 'radix-ui';
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
  'inline-flex min-h-7 flex-1 items-center justify-center gap-1.5 px-2.5 text-xs whitespace-nowrap text-soft transition duration-(--quick) hover:text-text data-[state=on]:bg-panel-3 data-[state=on]:font-[540] data-[state=on]:text-text first:rounded-l-[5px] last:rounded-r-[5px]';

export function Choice<T extends string>({ label, options, value, onChange, wide }: ChoiceProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(chosen) => {
        const option = options.find((one) => one.value === chosen);
        if (option) onChange(option.value);
      }}
      className={`rounded-sm border border-line-2 bg-panel ${wide ? 'flex w-full' : 'inline-flex'}`}
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value} className={ITEM}>
          {option.icon && <Icon name={option.icon} size={14} className={option.tone} />}
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
