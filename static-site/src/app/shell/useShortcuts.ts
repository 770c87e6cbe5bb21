import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { lettersWork } from '@/shared/ui/keys';
import { nextTheme } from '../theme';
import { PLACES } from './places';

const SECOND_KEY_MILLISECONDS = 1_200;
const NOT_FOR_TEXT = ['checkbox', 'radio', 'button', 'submit', 'range', 'color', 'file'];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['TEXTAREA', 'SELECT'].includes(target.tagName) ||
    (target instanceof HTMLInputElement && !NOT_FOR_TEXT.includes(target.type)));

const isAsked = (): boolean =>
  document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;

interface Opens {
  help: () => void;
  palette: () => void;
  /** One of them is open, or about to be: what is typed is meant for it. */
  open: boolean;
}

/** The keys that work on every page, unless one is typing. */
export function useShortcuts({ help, palette, open }: Opens): void {
  const navigate = useNavigate();
  useEffect(() => {
    let wentAt = -Infinity;
    const letters: Record<string, () => boolean> = {
      t: () => done(nextTheme),
      '?': () => done(help),
      '/': focusFilter,
      j: () => stepRow(1),
      k: () => stepRow(-1),
      r: () => withKey('r', (control) => control.click()),
      // A letter alone must not end a job: it leads to the button, and Enter does it.
      c: () => withKey('c', (control) => control.focus()),
    };
    const press = (event: KeyboardEvent): void => {
      if (
        event.key.toLowerCase() === 'k' &&
        (event.ctrlKey || event.metaKey) &&
        !event.altKey &&
        !event.shiftKey
      ) {
        event.preventDefault();
        palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (open || !lettersWork() || isTyping(event.target) || isAsked()) return;
      const place = PLACES.find(({ letter }) => letter === event.key);
      // From press to press: both may be heard late, and not equally so, while the page is busy.
      if (place && event.timeStamp - wentAt < SECOND_KEY_MILLISECONDS) {
        wentAt = -Infinity;
        event.preventDefault();
        void navigate({ to: place.to });
        return;
      }
      wentAt = event.key === 'g' ? event.timeStamp : -Infinity;
      if (letters[event.key]?.()) event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [navigate, help, palette, open]);
}

function done(act: () => void): boolean {
  act();
  return true;
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  filter?.focus();
  filter?.select();
  return filter !== null;
}

/** A control says itself which letter it takes, by `aria-keyshortcuts`, so that assistive technology tells it too. */
function withKey(letter: string, act: (control: HTMLElement) => void): boolean {
  const control = document.querySelector<HTMLElement>(`main [aria-keyshortcuts="${letter}"]:not(:disabled)`);
  if (control) act(control);
  return control !== null;
}

/** Among the rows of a page, which are links marked `data-row`: to the next one, or the first in sight. */
function stepRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const row = at < 0 ? rows.find((one) => one.getBoundingClientRect().top >= 0) : rows[at + step];
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
  return rows.length > 0;
}
