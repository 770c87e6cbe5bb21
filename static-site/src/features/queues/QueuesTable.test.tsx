import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { aQueue } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { QueuesTable } from './QueuesTable';

it('says of each queue how much waits and for how long side by side, with the waits of what started', () => {
  const wait_seconds = { p50: 0.4, p95: 3.8, p99: 9 };
  renderView(
    <QueuesTable
      queues={[
        aQueue({ name: 'high', queued: 0, oldest_wait_seconds: null, drain_seconds: 0 }),
        aQueue({ name: 'medium', queued: 2, oldest_wait_seconds: 1.1 }),
        aQueue({
          name: 'low',
          queued: 118,
          oldest_wait_seconds: 82,
          wait_seconds,
          running: 5,
          drain_seconds: 100,
        }),
      ]}
    />,
  );
  const [heads, high, , low] = within(screen.getByRole('table')).getAllByRole('row');
  const cells = (row: HTMLElement | undefined) =>
    row ? [...row.children].map((cell) => cell.textContent).slice(0, 9) : [];

  expect(cells(heads)).toEqual([
    ...['Queue', 'Size', 'Latency', 'Wait p50', 'p95', 'p99', 'Running', 'Finished/min', 'Drains in'],
  ]);
  expect(cells(high).slice(0, 3)).toEqual(['High', '0', '–']);
  expect(cells(low)).toEqual(['Low', '118', '1 m 22 s', '0.4 s', '3.8 s', '9 s', '5', '12', '1 m 40 s']);
});
