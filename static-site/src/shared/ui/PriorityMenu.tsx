import { DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import { PRIORITIES, type Priority } from '@/shared/api/types';
import { Icon } from './Icon';
import { MENU_ITEM, useMenuInMain } from './menuItem';
import { PRIORITY_LOOK } from './states';

interface PriorityMenuProps {
  /** The one that holds now, which is marked; null when several may. */
  value: Priority | null;
  onChoose: (priority: Priority) => void;
  /** The button that opens it. */
  children: ReactElement;
}

export function PriorityMenu({ value, onChoose, children }: PriorityMenuProps) {
  const { root, container } = useMenuInMain();
  return (
    <DropdownMenu.Root {...root}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          sideOffset={6}
          collisionPadding={8}
          className="popover appear z-40 min-w-40 p-1.5"
        >
          <DropdownMenu.RadioGroup
            value={value ?? ''}
            onValueChange={(chosen) => {
              const priority = PRIORITIES.find((one) => one === chosen);
              if (priority && priority !== value) onChoose(priority);
            }}
          >
            {PRIORITIES.map((priority) => (
              <DropdownMenu.RadioItem key={priority} value={priority} className={MENU_ITEM}>
                <Icon
                  name={PRIORITY_LOOK[priority].icon}
                  size={14}
                  className={PRIORITY_LOOK[priority].tone}
                />
                {PRIORITY_LOOK[priority].label}
                <DropdownMenu.ItemIndicator className="ml-auto">
                  <Icon name="check" size={13} />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
