import { useQuery } from '@tanstack/react-query';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { Worker } from '@/shared/api/types';
import { aWorker } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { workersQuery } from './api';
import { WorkersPage } from './WorkersPage';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function Page() {
  const { data } = useQuery(workersQuery());
  return data ? <WorkersPage workers={data} /> : null;
}

function shown(workers: Worker[], routes: Parameters<typeof serve>[0] = {}) {
  const asked = serve({ 'GET /api/v1/workers': () => ({ items: workers }), ...routes });
  renderView(<Page />);
  return asked;
}

const BUSY = aWorker({
  slots: [
    {
      slot: 0,
      job: {
        id: 'a',
        task: 'data_export',
        priority: 'high',
        started_at: '2026-01-01T00:00:00Z',
      },
      memory_bytes: 84_200_000,
    },
    { slot: 1, job: null, memory_bytes: null },
  ],
});

it('tells what each slot holds in memory, and does not claim to know it where the system does not say', async () => {
  shown([BUSY]);
  const slots = within(await screen.findByRole('list', { name: 'Slots of local@vm' })).getAllByRole(
    'listitem',
  );

  expect(slots.map((slot) => within(slot).getByTitle(/^Memory/).textContent)).toEqual(['84.2 MB', '–']);
});

it('does not claim to know the memory either where an older release does not speak of it', async () => {
  const slot: Partial<Worker['slots'][number]> = { slot: 0, job: null };
  shown([aWorker({ slots: [slot as Worker['slots'][number]] })]);

  expect(await screen.findByTitle(/^Memory/)).toHaveTextContent(/^–$/);
});

it('shows what each slot runs and which are free', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1, 0, 0, 12) });
  shown([BUSY]);
  const slots = within(await screen.findByRole('list', { name: 'Slots of local@vm' })).getAllByRole(
    'listitem',
  );

  expect(slots).toHaveLength(2);
  expect(slots[0]).toHaveTextContent(/data_export12 s/);
  expect(slots[1]).toHaveTextContent('free');
});

it('stops a worker only after the question, and then shows that it is stopping', async () => {
  const stopping = { ...BUSY, stop_requested_at: '2026-01-01T00:00:00Z' };
  const asked = shown([BUSY], { [`POST /api/v1/workers/${BUSY.id}/stop`]: () => stopping });
  await userEvent.click(await screen.findByRole('button', { name: 'Stop' }));

  expect(await screen.findByText(/1 running job may finish/)).toBeVisible();
  expect(asked.some(({ route }) => route.endsWith('/stop'))).toBe(false);

  await userEvent.click(screen.getByRole('button', { name: 'Stop worker' }));

  expect(await screen.findByText('stopping')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
});

it('asks for another number of slots and shows where it goes', async () => {
  const asked = shown([BUSY], {
    [`POST /api/v1/workers/${BUSY.id}/resize`]: () => ({ ...BUSY, wanted_slots: 5 }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Resize' }));
  const dialog = await screen.findByRole('dialog');

  expect(within(dialog).getByRole('button', { name: 'Resize worker' })).toBeDisabled();

  await userEvent.clear(within(dialog).getByLabelText('Slots'));
  await userEvent.type(within(dialog).getByLabelText('Slots'), '5');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Resize worker' }));

  expect(await screen.findByText('Goes to 5 slots')).toBeVisible();
  expect(asked.at(-1)?.body).toEqual({ slots: 5 });
});

it('shows what the server found wrong with a size beside the field', async () => {
  shown([BUSY], {
    [`POST /api/v1/workers/${BUSY.id}/resize`]: () =>
      refusal(422, { errors: [{ pointer: '/slots', message: 'must be at most 64' }] }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Resize' }));
  await userEvent.type(await screen.findByLabelText('Slots'), '00');
  await userEvent.click(screen.getByRole('button', { name: 'Resize worker' }));

  await waitFor(() =>
    expect(screen.getByLabelText('Slots')).toHaveAccessibleDescription(/must be at most 64/),
  );
});

it('asks nothing of a worker that is gone', async () => {
  shown([aWorker({ state: 'lost' })]);

  expect(await screen.findByText('lost')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
});
