import { AlertDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { asProblem } from '@/shared/api/problem';
import { Button } from './Button';
import { BOX, VEIL } from './DialogBox';
import { Icon } from './Icon';

interface ConfirmDialogProps {
  title: string;
  /** What will be, in one or two sentences. */
  children: ReactNode;
  /** The verb of the button that does it. */
  confirm: string;
  kind?: 'main' | 'danger';
  busy: boolean;
  disabled?: boolean;
  /** Why the server refused; the question stays open with it. */
  error: unknown;
  onConfirm: () => void;
  close: () => void;
}

/** A question before what cannot be taken back. The focus stands on the way back. */
export function ConfirmDialog({
  title,
  children,
  confirm,
  kind = 'danger',
  busy,
  disabled = false,
  error,
  onConfirm,
  close,
}: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={VEIL} />
        <AlertDialog.Content className={`${BOX} w-[min(420px,calc(100vw-32px))] gap-2 p-5`}>
          <AlertDialog.Title className="text-base font-semibold wrap-anywhere">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="flex flex-col gap-2 overflow-y-auto text-soft">{children}</div>
          </AlertDialog.Description>
          {error !== null && error !== undefined && (
            <p role="alert" className="flex items-start gap-2 text-xs text-fail">
              <Icon name="warning" size={14} className="mt-px" />
              <span>{asProblem(error).message}</span>
            </p>
          )}
          <div className="mt-3 flex flex-wrap justify-end gap-2.5">
            <AlertDialog.Cancel asChild>
              <Button kind="quiet">Back</Button>
            </AlertDialog.Cancel>
            <Button kind={kind} busy={busy} disabled={disabled} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
