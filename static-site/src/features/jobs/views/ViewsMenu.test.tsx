import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { aView } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { done, refusal, serve, type Asked } from '@/shared/testing/server';
import type { JobFilters } from '../filters';
import { ViewsMenu } from './ViewsMenu';

afterEach(() => vi.unstubAllGlobals());

const theirs = aView({ id: 'b', name: 'Theirs', own: false, owner: 'bob', shared: true, filter: { q: 'x' } });

async function menu(filters: JobFilters = {}, routes: Record<string, (asked: Asked) => unknown> = {}) {
  const asked = serve({ 'GET /api/v1/views': () => ({ items: [aView({ id: 'a' }), theirs] }), ...routes });
  const open = vi.fn();
  renderView(<ViewsMenu filters={filters} open={open} />);
  await userEvent.click(screen.getByRole('button', { name: /^Views/ }));
  await screen.findByRole('listitem').catch(() => undefined);
  const sent = () => asked.filter(({ route }) => !route.startsWith('GET'));
  return { open, sent };
}

it('opens a view, and marks the one that is shown', async () => {
  const { open } = await menu({ state: ['failed'] });

  expect(screen.getByRole('button', { name: 'Failed exports' })).toHaveAttribute('aria-current', 'true');

  await userEvent.click(screen.getByRole('button', { name: /Theirs/ }));

  expect(open).toHaveBeenCalledWith({ q: 'x' });
});

it('saves the filters of the list under a name', async () => {
  const { sent } = await menu(
    { tag: 'nightly', q: '' },
    { 'POST /api/v1/views': ({ body }) => aView(body as object) },
  );
  await userEvent.type(screen.getByRole('textbox', { name: 'Save these filters as' }), ' Nightly {Enter}');

  await vi.waitFor(() => expect(screen.getByRole('textbox')).toHaveValue(''));
  expect(sent().map(({ body }) => body)).toEqual([
    { name: 'Nightly', filter: { tag: 'nightly' }, shared: false },
  ]);
});

it('says why a name was refused, and keeps it', async () => {
  await menu(
    { tag: 'nightly' },
    { 'POST /api/v1/views': () => refusal(409, { detail: "there is a view named 'Nightly' already" }) },
  );
  await userEvent.type(screen.getByRole('textbox'), 'Nightly{Enter}');

  expect(await screen.findByRole('alert')).toHaveTextContent("there is a view named 'Nightly' already");
  expect(screen.getByRole('textbox')).toHaveValue('Nightly');
});

it('has nothing to save while no filter is set', async () => {
  await menu();

  expect(screen.queryByRole('textbox')).toBeNull();
});

it('renames, shares and, after a question, deletes what is ones own and nothing else', async () => {
  const { sent } = await menu(
    {},
    { 'PATCH /api/v1/views/a': () => aView({ id: 'a' }), 'DELETE /api/v1/views/a': done },
  );

  expect(screen.queryByRole('button', { name: 'Delete Theirs' })).toBeNull();

  await userEvent.click(screen.getByRole('button', { name: 'Rename Failed exports' }));
  const name = screen.getByRole('textbox', { name: 'New name of Failed exports' });
  await userEvent.clear(name);
  await userEvent.type(name, 'Exports{Enter}');
  await userEvent.click(await screen.findByRole('button', { name: 'Share Failed exports' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Delete Failed exports' }));
  const question = screen.getByText('Delete Failed exports?').closest('li');
  await userEvent.click(within(question ?? document.body).getByRole('button', { name: 'Delete' }));

  await vi.waitFor(() =>
    expect(sent().map(({ route, body }) => [route, body])).toEqual([
      ['PATCH /api/v1/views/a', { name: 'Exports' }],
      ['PATCH /api/v1/views/a', { shared: true }],
      ['DELETE /api/v1/views/a', null],
    ]),
  );
});
