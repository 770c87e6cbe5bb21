import { useQuery } from '@tanstack/react-query';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { Queue } from '@/shared/api/types';
import { aQueue } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { queuesQuery } from './api';
import { QueueCard } from './QueueCard';

afterEach(() => vi.unstubAllGlobals());

function Card() {
  const { data } = useQuery(queuesQuery());
  return <QueueCard priority="high" queue={data?.[0]} />;
}

function shown(queue: Queue, routes: Parameters<typeof serve>[0] = {}) {
  const asked = serve({ 'GET /api/v1/queues': () => ({ items: [queue] }), ...routes });
  renderView(<Card />);
  return asked;
}

it('shows a pause at once, then who paused it', async () => {
  let answer: (queue: Queue) => void = () => undefined;
  shown(aQueue(), {
    'POST /api/v1/queues/high/pause': () => new Promise<Queue>((resolve) => (answer = resolve)),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Pause high' }));

  expect(await screen.findByText('Paused')).toBeVisible();

  answer(aQueue({ paused: true, paused_by: 'ada', paused_at: new Date().toISOString() }));

  expect(await screen.findByText(/by ada/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Resume high' })).toBeEnabled();
});

it('takes a pause back that the server refused, and says why', async () => {
  shown(aQueue(), {
    'POST /api/v1/queues/high/pause': () => refusal(503, { detail: 'PostgreSQL does not answer.' }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Pause high' }));

  expect(await screen.findByText('PostgreSQL does not answer.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Pause high' })).toBeEnabled();
  expect(screen.queryByText('Paused')).toBeNull();
});

it('tells what is held by a limit apart from what waits', async () => {
  shown(aQueue({ queued: 9, held: 4, scheduled: 1 }));

  expect(await screen.findByText('1 due later · 4 held by a limit')).toBeVisible();
});

it('marks inversions as a fault, and none as none', async () => {
  shown(aQueue({ inversions: 2 }));

  expect(await screen.findByText('2')).toHaveClass('text-fail');
});
