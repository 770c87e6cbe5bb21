/** Short words about what was just done: said from anywhere, shown by the one viewport in the shell. */
import { Toast } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { Icon } from './Icon';

interface Message {
  id: number;
  kind: 'done' | 'refused';
  title: string;
  detail?: string;
  /** Takes back what was done. */
  undo?: () => void;
}

const USUAL_MILLISECONDS = 6_000;
/** Longer, so that there is time to see that it was wrong. */
const UNDO_MILLISECONDS = 12_000;

let messages: Message[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

const say = (kind: Message['kind'], title: string, detail?: string, undo?: () => void): void =>
  publish([...messages.slice(-3), { id: ++lastId, kind, title, detail, undo }]);

const drop = (gone: number): void => publish(messages.filter(({ id }) => id !== gone));

export const toast = {
  done: (title: string, detail?: string): void => say('done', title, detail),
  /** What was done, and a button that takes it back. */
  undoable: (title: string, undo: () => void, detail?: string): void => say('done', title, detail, undo),
  refused: (title: string, detail?: string): void => say('refused', title, detail),
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => messages);
  return (
    <Toast.Provider duration={USUAL_MILLISECONDS} swipeDirection="right">
      {shown.map((message) => (
        <Toast.Root
          key={message.id}
          type={message.kind === 'refused' ? 'foreground' : 'background'}
          duration={message.undo ? UNDO_MILLISECONDS : USUAL_MILLISECONDS}
          onOpenChange={(open) => !open && drop(message.id)}
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
