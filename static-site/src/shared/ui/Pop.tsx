/**
 * A button and what pops up beside it: the browser's own popover, which closes on Escape and on a click elsewhere, and
 * gives the focus back. Nothing has to be loaded for it, so it explains itself while no server answers.
 */
import { useId, useState, type ComponentProps, type MouseEvent, type ReactNode } from 'react';

// On a narrow screen, off its edges.
const ABOVE_OR_BELOW = 'mx-0 my-1.5 max-md:mx-2';
const PLACES = {
  'below, from the start': { area: 'bottom span-right', margins: ABOVE_OR_BELOW },
  'below, to the end': { area: 'bottom span-left', margins: ABOVE_OR_BELOW },
  'above, to the end': { area: 'top span-left', margins: ABOVE_OR_BELOW },
  beside: { area: 'right span-top', margins: 'mx-1.5 my-0' },
};

/** What makes a button the one that opens it. */
export type Opens = Pick<
  ComponentProps<'button'>,
  'popoverTarget' | 'aria-haspopup' | 'aria-expanded' | 'style'
>;

interface PopProps {
  label: string;
  place: keyof typeof PLACES;
  className: string;
  trigger: (opens: Opens) => ReactNode;
  /** There only while it is open. What is marked `data-closes` closes it. */
  children: ReactNode;
}

const FOCUSABLE = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled';

export function Pop({ label, place, className, trigger, children }: PopProps) {
  const id = useId();
  const anchor = `--${id}`;
  const { area, margins } = PLACES[place];
  const [open, setOpen] = useState(false);
  const close = ({ target, currentTarget }: MouseEvent<HTMLElement>) => {
    if (target instanceof Element && target.closest('[data-closes]')) currentTarget.hidePopover();
  };
  return (
    <>
      {trigger({
        popoverTarget: id,
        'aria-haspopup': 'dialog',
        'aria-expanded': open,
        style: { anchorName: anchor },
      })}
      <div
        id={id}
        popover="auto"
        role={open ? 'dialog' : undefined}
        aria-label={open ? label : undefined}
        className={`popover appear ${margins} ${className}`}
        style={{ positionAnchor: anchor, positionArea: area }}
        onBeforeToggle={({ newState }) => setOpen(newState === 'open')}
        onToggle={({ newState, currentTarget }) => {
          if (newState === 'open') currentTarget.querySelector<HTMLElement>(FOCUSABLE)?.focus();
        }}
        onClick={close}
      >
        {open && children}
      </div>
    </>
  );
}
