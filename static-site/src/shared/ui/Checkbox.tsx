interface CheckboxProps {
  label: string;
  checked: boolean;
  /** Some of what it stands for is checked. */
  partly?: boolean;
  /** There is nothing that it could stand for. */
  disabled?: boolean;
  /** `extend`: Shift was held, from the last one to this one is meant. */
  onChange: (extend: boolean) => void;
}

export const Checkbox = ({ label, checked, partly = false, disabled = false, onChange }: CheckboxProps) => (
  <input
    type="checkbox"
    aria-label={label}
    className="size-4 cursor-pointer disabled:cursor-default accent-(--accent) before:absolute before:-inset-x-3 before:-inset-y-3"
    checked={checked}
    disabled={disabled}
    ref={(element) => {
      if (element) element.indeterminate = partly && !checked;
    }}
    onChange={({ nativeEvent }) => onChange(nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)}
  />
);
