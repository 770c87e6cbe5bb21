/** Where the messages of `toasts.ts` appear. */
import { Toast } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { Icon } from './Icon';
import { toasts } from './toasts';

const USUAL_MILLISECONDS = 6_000;
/** Longer, so that there is time to see that it was wrong. */
const UNDO_MILLISECONDS = 12_000;

export default function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.read);
  return (
    <Toast.Provider duration={USUAL_MILLISECONDS} swipeDirection="right">
      {shown.map((message) => (
        <Toast.Root
          key={message.id}
          type={message.kind === 'refused' ? 'foreground' : 'background'}
          duration={message.undo ? UNDO_MILLISECONDS : USUAL_MILLISECONDS}
          onOpenChange={(open) => !open && toasts.drop(message.id)}
          className="popover appear flex items-start gap-2.5 py-3 pr-2 pl-3.5"
        >
          <Icon
            name={message.kind === 'done' ? 'ok' : 'warning'}
            className={message.kind === 'done' ? 'mt-px text-ok' : 'mt-px text-fail'}
          />
          <div className="min-w-0 flex-1">
            <Toast.Title className="font-semibold">{message.title}</Toast.Title>
            {message.detail && (
              <Toast.Description className="mt-0.5 text-xs wrap-anywhere text-soft">
                {message.detail}
              </Toast.Description>
            )}
          </div>
          {message.undo && (
            <Toast.Action
              altText="The same control is where it was done"
              className="rounded-sm border border-line-2 px-2 py-0.5 text-xs font-[540] hover:bg-panel-3"
              onClick={message.undo}
            >
              Undo
            </Toast.Action>
          )}
          <Toast.Close aria-label="Dismiss" className="rounded-sm p-1 text-faint hover:text-text">
            <Icon name="close" size={14} />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(360px,calc(100vw-32px))] flex-col gap-2 max-md:bottom-20" />
    </Toast.Provider>
  );
}
