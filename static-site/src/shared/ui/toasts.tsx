/** Short words about what was just done: said from anywhere, shown by the one viewport in the shell. */
import { Toast } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { Icon } from './Icon';

interface Message {
  id: number;
  kind: 'done' | 'refused';
  title: string;
  detail?: string;
}

let messages: Message[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

const say = (kind: Message['kind'], title: string, detail?: string): void =>
  publish([...messages.slice(-3), { id: ++lastId, kind, title, detail }]);

export const toast = {
  done: (title: string, detail?: string): void => say('done', title, detail),
  refused: (title: string, detail?: string): void => say('refused', title, detail),
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => messages);
  return (
    <Toast.Provider duration={6000} swipeDirection="right">
      {shown.map((message) => (
        <Toast.Root
          key={message.id}
          type={message.kind === 'refused' ? 'foreground' : 'background'}
          onOpenChange={(open) => !open && publish(messages.filter(({ id }) => id !== message.id))}
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
          <Toast.Close aria-label="Dismiss" className="rounded-sm p-1 text-faint hover:text-text">
            <Icon name="close" size={14} />
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(360px,calc(100vw-32px))] flex-col gap-2 max-md:bottom-20" />
    </Toast.Provider>
  );
}
