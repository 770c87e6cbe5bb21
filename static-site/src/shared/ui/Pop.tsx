/**
 * A button and what pops up beside it. The machinery of popping up is loaded when the first view stands, so that it is
 * no part of it, and is there when the server is not; until then the button is only that.
 */
import { lazy, Suspense, useEffect, useState, type ComponentProps, type ReactNode } from 'react';
import type { Popover } from 'radix-ui';
import { toast } from './toasts';

const load = () => import('./PopNow');
const PopNow = lazy(load);

/** Told when it is asked for. */
const noted = () => undefined;

export interface PopProps {
  trigger: ReactNode;
  triggerClassName: string;
  triggerLabel?: string;
  /** How the popover is placed and named. */
  content: Omit<ComponentProps<typeof Popover.Content>, 'children' | 'onClick'>;
  children: ReactNode;
}

export function Pop(props: PopProps) {
  const [wanted, setWanted] = useState(false);
  const want = () =>
    void load().then(
      () => setWanted(true),
      () => toast.refused('It cannot be shown now', 'The server of this page does not answer.'),
    );
  useEffect(() => {
    load().catch(noted);
  }, []);
  const plain = (
    <button
      type="button"
      className={props.triggerClassName}
      aria-label={props.triggerLabel}
      aria-haspopup="dialog"
      aria-expanded={false}
      onClick={want}
    >
      {props.trigger}
    </button>
  );
  if (!wanted) return plain;
  return (
    <Suspense fallback={plain}>
      <PopNow {...props} />
    </Suspense>
  );
}
