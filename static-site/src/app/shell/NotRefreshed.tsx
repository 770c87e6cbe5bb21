import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { timeOfDay } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { onUnrefreshed, readAgain, unrefreshed, type Unrefreshed } from './unrefreshed';

/** Says that something on the page is old, though news may come: a question of it that was asked again failed. */
export function NotRefreshed() {
  const client = useQueryClient();
  const [old, setOld] = useState<Unrefreshed | null>(null);
  useEffect(() => onUnrefreshed(client, () => setOld(unrefreshed(client))), [client]);
  return (
    <div
      role="status"
      aria-label="What is old"
      className="fixed bottom-4 left-56 z-40 max-w-[min(420px,calc(100vw-32px))] max-md:bottom-20 max-md:left-4"
    >
      {old && (
        <div className="popover appear flex items-start gap-2.5 py-3 pr-3 pl-3.5">
          <Icon name="warning" className="mt-px text-retry" />
          <div className="min-w-0 flex-1">
            <p className="font-semibold">Some of this page could not be refreshed</p>
            <p className="mt-0.5 text-xs wrap-anywhere text-soft">
              {old.words} It shows what was read at {timeOfDay(new Date(old.readAt).toISOString())}.
            </p>
          </div>
          <Button className="!min-h-7" onClick={() => readAgain(client)}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}
