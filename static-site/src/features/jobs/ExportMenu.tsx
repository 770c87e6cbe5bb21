import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { MENU_ITEM, useMenuInMain } from '@/shared/ui/menuItem';
import { downloadJobs } from './api';
import type { JobFilters } from './filters';

const FORMATS = [
  { format: 'csv', label: 'CSV', about: 'for spreadsheets' },
  { format: 'jsonl', label: 'JSON Lines', about: 'a job a line' },
] as const;

/** Everything that matches, as a file. */
export function ExportMenu({ filters }: { filters: JobFilters }) {
  const { root, container } = useMenuInMain();
  const [busy, setBusy] = useState(false);
  const start = (format: (typeof FORMATS)[number]['format']) => {
    setBusy(true);
    void downloadJobs(filters, format).finally(() => setBusy(false));
  };
  return (
    <DropdownMenu.Root {...root}>
      <DropdownMenu.Trigger asChild>
        <Button icon="download" busy={busy}>
          Export
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="popover appear z-40 min-w-48 p-1.5"
        >
          {FORMATS.map(({ format, label, about }) => (
            <DropdownMenu.Item key={format} className={MENU_ITEM} onSelect={() => start(format)}>
              <Icon name="file" size={14} />
              {label}
              <span className="ml-auto pl-3 text-2xs text-faint">{about}</span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
