import { AlertDialog } from 'radix-ui';
import { useId, useRef, useState, type ReactNode } from 'react';
import { environment } from '@/shared/api/environment';
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

/**
 * A question before what cannot be taken back. The focus stands on the way back.
 *
 * A dangerous one in production asks to type the environment's name, and the focus stands there: a hand that believes
 * to be somewhere else finds out.
 */
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
  const id = useId();
  const { name, production } = environment();
  const asksName = production && kind === 'danger';
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const isHeld = disabled || (asksName && typed.trim() !== name);
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={VEIL} />
        <AlertDialog.Content
          className={`${BOX} w-[min(420px,calc(100vw-32px))] gap-2 p-5`}
          onOpenAutoFocus={(event) => {
            if (!asksName) return;
            event.preventDefault();
            field.current?.focus();
          }}
        >
          <AlertDialog.Title className="text-base font-semibold wrap-anywhere">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="flex flex-col gap-2 overflow-y-auto text-soft">{children}</div>
          </AlertDialog.Description>
          {asksName && (
            <form
              id={id}
              className="mt-1"
              onSubmit={(event) => {
                event.preventDefault();
                if (!isHeld && !busy) onConfirm();
              }}
            >
              <label htmlFor={`${id}-name`} className="mb-1 block text-xs">
                Type <b className="font-mono font-[560]">{name}</b> to go on
              </label>
              <input
                id={`${id}-name`}
                ref={field}
                className="field font-mono"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            </form>
          )}
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
            <Button kind={kind} busy={busy} disabled={isHeld} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
