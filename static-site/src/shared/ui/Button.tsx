import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { Icon, type IconName } from './Icon';

type Kind = 'main' | 'plain' | 'quiet' | 'danger';

const KINDS: Record<Kind, string> = {
  main: 'border-transparent bg-accent text-accent-ink hover:brightness-110',
  plain: 'border-line-2 bg-panel-2 text-text hover:bg-panel-3',
  quiet: 'border-transparent bg-transparent text-soft hover:bg-panel-2 hover:text-text',
  danger: 'border-line-2 bg-panel-2 text-fail hover:border-fail',
};

interface ButtonProps extends ComponentProps<'button'> {
  kind?: Kind;
  icon?: IconName;
  busy?: boolean;
  asChild?: boolean;
}

export function Button({
  kind = 'plain',
  icon,
  busy = false,
  asChild,
  className = '',
  children,
  disabled,
  ...rest
}: ButtonProps) {
  const Tag = asChild ? Slot.Root : 'button';
  return (
    <Tag
      {...(asChild
        ? {}
        : { type: rest.type ?? 'button', disabled: disabled || busy, 'aria-busy': busy || undefined })}
      {...rest}
      className={`inline-flex min-h-8 items-center justify-center gap-1.5 rounded-sm border px-3 py-1 text-xs font-[540] whitespace-nowrap transition duration-(--quick) active:translate-y-px disabled:opacity-55 ${KINDS[kind]} ${className}`}
    >
      {asChild ? (
        children
      ) : (
        <>
          {busy ? <Spinner /> : icon && <Icon name={icon} />}
          {children}
        </>
      )}
    </Tag>
  );
}

export function IconButton({
  label,
  icon,
  className = '',
  ...rest
}: { label: string; icon: IconName } & ComponentProps<'button'>) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={`inline-flex size-7 flex-none items-center justify-center rounded-sm text-faint transition duration-(--quick) hover:bg-panel-2 hover:text-text ${className}`}
    >
      <Icon name={icon} size={15} />
    </button>
  );
}

export const Spinner = () => (
  <span
    className="size-3.5 flex-none animate-spin rounded-full border-2 border-current border-r-transparent"
    aria-hidden="true"
  />
);
