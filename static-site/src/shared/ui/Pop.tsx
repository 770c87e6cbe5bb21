/**
 * A button and what pops up beside it. The machinery of popping up is loaded when a hand comes near, so that it is no
 * part of the first view; until then the button is only that.
 */
import { lazy, Suspense, useState, type ComponentProps, type ReactNode } from 'react';
import type { Popover } from 'radix-ui';

const load = () => import('./PopNow');
const PopNow = lazy(load);

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
  const plain = (
    <button
      type="button"
      className={props.triggerClassName}
      aria-label={props.triggerLabel}
      aria-haspopup="dialog"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
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
