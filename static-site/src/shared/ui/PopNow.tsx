import { Popover } from 'radix-ui';
import { useState } from 'react';
import type { PopProps } from './Pop';

/** Open from the start: it is loaded because it was asked for. What is marked `data-closes` closes it. */
export default function PopNow({ trigger, triggerClassName, triggerLabel, content, children }: PopProps) {
  const [open, setOpen] = useState(true);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={triggerClassName} aria-label={triggerLabel}>
        {trigger}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          collisionPadding={8}
          {...content}
          className={`popover appear z-40 ${content.className ?? ''}`}
          onClick={({ target }) => {
            if (target instanceof Element && target.closest('[data-closes]')) setOpen(false);
          }}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
