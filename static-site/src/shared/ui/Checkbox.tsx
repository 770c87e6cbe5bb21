interface CheckboxProps {
  label: string;
  checked: boolean;
  /** Some of what it stands for is checked. */
  partly?: boolean;
  /** There is nothing that it could stand for. It can be reached all the same: a box that scrolls needs something that can. */
  disabled?: boolean;
  /** `extend`: Shift was held, from the last one to this one is meant. */
  onChange: (extend: boolean) => void;
}

export const Checkbox = ({ label, checked, partly = false, disabled = false, onChange }: CheckboxProps) => (
  <input
    type="checkbox"
    aria-label={label}
    className="size-4 cursor-pointer aria-disabled:cursor-default accent-(--accent) before:absolute before:-inset-x-3 before:-inset-y-3"
    checked={checked}
    aria-disabled={disabled || undefined}
    ref={(element) => {
      if (element) element.indeterminate = partly && !checked;
    }}
    onChange={({ nativeEvent }) =>
      !disabled && onChange(nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
    }
  />
);
