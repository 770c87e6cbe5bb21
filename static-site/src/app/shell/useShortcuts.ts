import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { nextTheme } from '../theme';
import { PLACES } from './places';

const SECOND_KEY_MILLISECONDS = 1_200;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** The keys that work on every page, unless one is typing. */
export function useShortcuts(openHelp: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let wentAt = 0;
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const place = PLACES.find(({ letter }) => letter === event.key);
      if (place && Date.now() - wentAt < SECOND_KEY_MILLISECONDS) {
        wentAt = 0;
        void navigate({ to: place.to });
        return;
      }
      wentAt = event.key === 'g' ? Date.now() : 0;
      if (event.key === 't') nextTheme();
      if (event.key === '?') openHelp();
      if (event.key === '/') {
        const filter = document.querySelector<HTMLInputElement>('[data-filter]');
        if (!filter) return;
        event.preventDefault();
        filter.focus();
        filter.select();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [navigate, openHelp]);
}
