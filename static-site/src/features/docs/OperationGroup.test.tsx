import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { readEnvironments } from '@/shared/api/environment';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import { DocsView } from './DocsView';

afterEach(async () => {
  sessionStorage.clear();
  history.replaceState(null, '', '/');
  document.head.replaceChildren();
  serve({});
  await readEnvironments();
  vi.unstubAllGlobals();
});

async function inEnvironments(...names: string[]): Promise<void> {
  const tokens = document.createElement('style');
  tokens.textContent = `[data-theme='dark'] { --bg: #0a0d14 } [data-theme='light'] { --bg: #eef1f7 }`;
  document.head.replaceChildren(tokens);
  const environments = names.map((name) => ({ name, url: `https://${name}.example` }));
  serve({ 'GET /config.json': () => ({ environments }) });
  await readEnvironments();
}

it.each([
  ['where there are several', ['staging', 'live'], '/docs?env=staging#list_moons'],
  ['not where there is one', ['staging'], '/docs#list_moons'],
])('copies a link to an operation that names the environment %s', async (_, names, link) => {
  await inEnvironments(...names);
  const user = userEvent.setup();
  const paths = { '/moons': { get: { operationId: 'list_moons', summary: 'Moons.', tags: ['Sky'] } } };
  renderView(<DocsView described={{ openapi: '3.1.0', info: {}, paths }} target="list_moons" />);
  await user.click(screen.getByRole('button', { name: 'Copy the link to list_moons' }));

  expect(await navigator.clipboard.readText()).toBe(`${location.origin}${link}`);
});
