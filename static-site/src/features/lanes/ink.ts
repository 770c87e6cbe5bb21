/** The colours of the canvas: the variables of the theme, read when it changes. */
import type { Priority } from '@/shared/api/types';

/** The lower the priority the quieter, so that the eye finds the high ones first; in percent. */
export const STRENGTH: Record<Priority, number> = { high: 100, medium: 84, low: 46 };

export interface Ink {
  text: string;
  soft: string;
  faint: string;
  line: string;
  accent: string;
  fail: string;
  brush: string;
  row: string;
  hatch: string;
  bar: Record<Priority, string>;
  edge: Record<Priority, string>;
  word: Record<Priority, string>;
}

export function readInk(): Ink {
  const style = getComputedStyle(document.documentElement);
  const colour = (token: string): string => style.getPropertyValue(`--${token}`).trim();
  const mixed = (token: string, share: number, other = 'transparent'): string =>
    `color-mix(in oklab, ${colour(token)} ${share}%, ${other})`;
  const solid = colour('solid');
  return {
    text: colour('text'),
    soft: colour('soft'),
    faint: colour('faint'),
    line: colour('line'),
    accent: colour('accent'),
    fail: colour('fail'),
    brush: mixed('accent', 16),
    row: mixed('text', 4),
    hatch: mixed('text', 14),
    bar: {
      high: mixed('high', STRENGTH.high, solid),
      medium: mixed('medium', STRENGTH.medium, solid),
      low: mixed('low', STRENGTH.low, solid),
    },
    edge: { high: colour('high'), medium: colour('medium'), low: colour('low') },
    word: { high: colour('accent-ink'), medium: colour('accent-ink'), low: colour('text') },
  };
}
