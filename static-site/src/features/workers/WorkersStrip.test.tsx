import { screen, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { aWorker } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import { WorkersStrip } from './WorkersStrip';

afterEach(() => vi.unstubAllGlobals());

it('shows of each worker that is there its slots, what they run and how old its heartbeat is', async () => {
  const job = {
    id: 'a',
    task: 'data_export',
    priority: 'high',
    started_at: new Date().toISOString(),
  } as const;
  const busy = aWorker({
    slots: [
      { slot: 0, job, memory_bytes: null },
      { slot: 1, job: null, memory_bytes: null },
    ],
  });
  const gone = aWorker({ id: 'b', name: 'gone@vm', state: 'stopped' });
  serve({ 'GET /api/v1/workers': () => ({ items: [busy, gone] }) });
  renderView(<WorkersStrip />);
  const slots = within(await screen.findByRole('list', { name: 'Slots of local@vm' })).getAllByRole(
    'listitem',
  );

  expect(slots.map((slot) => slot.textContent)).toEqual(['Slot 0: data_export, High', 'Slot 1: free']);
  expect(screen.getByText('1 slot of 2 busy')).toBeVisible();
  expect(screen.getByText(/^beat \d s ago$/)).toBeVisible();
  expect(screen.getByRole('link', { name: 'data_export' })).toHaveAttribute('href', '/jobs/a');
  expect(screen.queryByText('gone@vm')).toBeNull();
});

it('says that jobs are kept while no worker is there', async () => {
  serve({ 'GET /api/v1/workers': () => ({ items: [] }) });
  renderView(<WorkersStrip />);

  expect(await screen.findByText('No worker is running')).toBeVisible();
});
