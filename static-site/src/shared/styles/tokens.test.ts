/** The tokens against `docs/design.md`: its table of contrasts is what is measured here, and what it must keep. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { colourFrom, contrast, over, type Colour } from './contrast';

const css = readFileSync('src/shared/styles/tokens.css', 'utf8');
const design = readFileSync('../docs/design.md', 'utf8');

const THEMES = ['dark', 'light'] as const;
type Theme = (typeof THEMES)[number];

/** What stands in the block of a theme, outside of media queries. */
function tokensOf(theme: Theme): Record<string, string> {
  const start = css.indexOf(`[data-theme='${theme}'] {`);
  const block = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name, value]) => [name, value]),
  );
}

function colour(theme: Theme, token: string): Colour {
  const text = tokensOf(theme)[token];
  const found = text === undefined ? null : colourFrom(text);
  if (!found) throw new Error(`--${token} of ${theme} is ${text}`);
  return found;
}

/** Every ground a text may lie on: the page, the panel upon page and glows, what lies upon panels, popovers. */
function grounds(theme: Theme): Colour[] {
  const token = (name: string) => colour(theme, name);
  const page = ['bg', 'glow-a', 'glow-b', 'glow-c'].map(token);
  const panels = page.map((ground) => over(token('panel'), ground));
  const raised = panels.map((ground) => over(token('panel-2'), ground));
  return [
    token('bg'),
    token('solid'),
    ...panels,
    ...raised,
    ...page.map((ground) => over(token('pop'), ground)),
  ];
}

const onPanel = (theme: Theme, token: string): number =>
  contrast(colour(theme, token), over(colour(theme, 'panel'), colour(theme, 'bg')));

const least = (theme: Theme, token: string): number =>
  Math.min(...grounds(theme).map((ground) => contrast(colour(theme, token), ground)));

/** As it stands in the document: rounded down, so that nothing is said to be better than it is. */
const written = (ratio: number): string => (Math.floor(ratio * 10) / 10).toFixed(1);

const TEXTS = [
  'text',
  'soft',
  'faint',
  'accent',
  'high',
  'medium',
  'low',
  'ok',
  'fail',
  'run',
  'retry',
  'idle',
];

const measured = (token: string): string =>
  `| \`${token}\` | ${THEMES.flatMap((theme) => [written(onPanel(theme, token)), written(least(theme, token))]).join(' | ')} |`;

it('has a table of contrasts in the document that is what the tokens come to', () => {
  const table = design.split('\n').filter((line) => /^\| `[\w-]+` (\| [\d.]+ ){4}\|$/.test(line));

  expect(table).toEqual(TEXTS.map(measured));
});

it.each(TEXTS)('lets %s be read as text on every ground of both themes', (token) => {
  for (const theme of THEMES) expect(least(theme, token)).toBeGreaterThanOrEqual(4.5);
});

it('lets the words of the main button be read', () => {
  for (const theme of THEMES)
    expect(contrast(colour(theme, 'accent-ink'), colour(theme, 'accent'))).toBeGreaterThanOrEqual(4.5);
});

it.each(TEXTS)('lets %s be read on what is chosen or pointed at', (token) => {
  for (const theme of THEMES) {
    const chosen = over(colour(theme, 'panel-3'), over(colour(theme, 'panel'), colour(theme, 'bg')));
    expect(contrast(colour(theme, token), chosen)).toBeGreaterThanOrEqual(4.5);
  }
});

it('names every token of a theme in the document, and the same tokens in both themes', () => {
  expect(Object.keys(tokensOf('light'))).toEqual(Object.keys(tokensOf('dark')));
  for (const token of Object.keys(tokensOf('dark'))) expect(design).toContain(`\`${token}\``);
});
