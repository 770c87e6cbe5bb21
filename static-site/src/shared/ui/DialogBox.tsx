import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './Button';

export const VEIL = 'fixed inset-0 z-40 bg-veil backdrop-blur-[2px]';
export const BOX =
  'popover appear fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-32px)] -translate-x-1/2 -translate-y-1/2 flex-col';

interface DialogBoxProps {
  title: string;
  /** Called when the reader closes it; it is open as long as it is rendered. */
  close: () => void;
  wide?: boolean;
  /** What stands below a line and does not scroll: the buttons. */
  foot?: ReactNode;
  children: ReactNode;
}

/** A dialog over the page: Escape and the cross close it, and the focus goes back to where it was. */
export function DialogBox({ title, close, wide = false, foot, children }: DialogBoxProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className={VEIL} />
        <Dialog.Content
          aria-describedby={undefined}
          className={`${BOX} ${wide ? 'w-[min(640px,calc(100vw-32px))]' : 'w-[min(400px,calc(100vw-32px))]'}`}
        >
          <header className="flex items-center justify-between gap-3 py-3 pr-3 pl-5">
            <Dialog.Title className="text-base font-semibold">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton icon="close" label="Close" />
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {foot && (
            <footer className="flex flex-wrap items-center justify-end gap-2.5 border-t border-line px-5 py-3">
              {foot}
            </footer>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
