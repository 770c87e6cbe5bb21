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

it('tells what waits and since when, how long jobs waited, what runs, how fast it is done and when it is empty', async () => {
  shown(
    aQueue({
      queued: 118,
      oldest_wait_seconds: 82,
      wait_seconds: { p50: 0.4, p95: 3.8, p99: 9 },
      running: 5,
      finished_per_minute: 71.4,
      drain_seconds: 100,
    }),
  );

  expect(await screen.findByRole('link', { name: '118 waiting' })).toBeVisible();
  const facts = screen
    .getAllByRole('term')
    .map((term) => `${term.textContent}: ${term.nextSibling?.textContent}`);
  expect(facts).toEqual([
    'Oldest: 1 m 22 s',
    'Wait p50 / p95: 0.4 s / 3.8 s',
    'Running: 5',
    'Finished/min: 71.4',
    'Drains in: 1 m 40 s',
    'Inversions: 0',
  ]);
});

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
