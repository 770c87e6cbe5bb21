/** Dark, light, or as the system says. `theme.js` beside the page applies the choice before the first paint. */
import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

const STORED_AS = 'trajectory.theme';
const prefersLight = matchMedia('(prefers-color-scheme: light)');
const listeners = new Set<() => void>();

const read = (): Theme => THEMES.find((theme) => theme === localStorage.getItem(STORED_AS)) ?? 'system';
let current: Theme = read();

function apply(): void {
  const light = current === 'light' || (current === 'system' && prefersLight.matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
}

export function chooseTheme(theme: Theme): void {
  current = theme;
  if (theme === 'system') localStorage.removeItem(STORED_AS);
  else localStorage.setItem(STORED_AS, theme);
  apply();
  for (const listener of listeners) listener();
}

export const nextTheme = (): void =>
  chooseTheme(THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'system');

prefersLight.addEventListener('change', apply);

export const useTheme = (): Theme =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
