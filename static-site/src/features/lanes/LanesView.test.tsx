import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aRun, theLanes } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import type { Lanes } from '@/shared/api/types';
import { hearLanes } from './api';
import type { Camera } from './camera';
import { LanesView } from './LanesView';

const BEGIN = Date.UTC(2026, 0);
const NOW = BEGIN + 60_000;

beforeEach(() => void vi.spyOn(Date, 'now').mockReturnValue(NOW));
afterEach(() => vi.unstubAllGlobals());

const UP_TO_NOW: Camera = { follows: false, start: BEGIN, end: NOW };

const table = (answer: () => unknown, camera = UP_TO_NOW) => {
  const asked = serve({ 'GET /api/v1/lanes': answer });
  const shown = renderView(
    <LanesView camera={camera} move={vi.fn()} show="table" choose={vi.fn()} open={vi.fn()} />,
  );
  return { ...shown, asked };
};

const rows = () =>
  within(screen.getByRole('table'))
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.textContent);

it('lists the runs of all slots in the order in which they started, with priority and outcome as words', async () => {
  const high = aRun(10, 12, { priority: 'high', task: 'urgent' });
  const low = aRun(12, 14, { priority: 'low', task: 'later', outcome: 'failed' });
  table(() => theLanes([[low], [high, aRun(20, null, { task: 'open' })]]));

  await screen.findByRole('table');
  expect(rows()).toEqual([
    expect.stringMatching(/High.*urgent.*worker-1 · 1.*2 s.*Succeeded/),
    expect.stringMatching(/Low.*later.*worker-1 · 0.*2 s.*Failed/),
    expect.stringMatching(/Medium.*open.*Running/),
  ]);
  expect(screen.getByRole('link', { name: 'urgent' })).toHaveAttribute('href', `/jobs/${high.job_id}`);
});

it('reads after news only what came since, and keeps the rest', async () => {
  const answers: Lanes[] = [theLanes([[aRun(10, 12, { task: 'first' })]])];
  const { client, asked } = table(() => answers[0]);
  await screen.findByRole('link', { name: 'first' });
  answers[0] = theLanes([[aRun(55, null, { task: 'second' })]]);
  act(() => hearLanes(client));

  await screen.findByRole('link', { name: 'second' });
  expect(rows()).toHaveLength(2);
  expect(asked.map(({ url }) => url.searchParams.get('to'))).toEqual([null, null]);
  expect(asked[1]?.url.searchParams.get('from')).toBe('2026-01-01T00:00:55.000Z');
});

it('reads all of it again when a run that was going on is gone', async () => {
  const answers: Lanes[] = [theLanes([[aRun(10, null, { task: 'vanishing' })]])];
  const { client, asked } = table(() => answers[0]);
  await screen.findByRole('link', { name: 'vanishing' });
  answers[0] = theLanes([[]]);
  act(() => hearLanes(client));

  await screen.findByText('Nothing ran in this span');
  expect(asked).toHaveLength(3);
  expect(asked[2]?.url.searchParams.get('from')).toBe(asked[0]?.url.searchParams.get('from'));
});

it('asks for a span in the past once, with both its ends', async () => {
  const { client, asked } = table(() => theLanes([[]]), {
    follows: false,
    start: BEGIN,
    end: BEGIN + 20_000,
  });
  await screen.findByText('Nothing ran in this span');
  act(() => hearLanes(client));
  await act(() => new Promise((resolve) => setTimeout(resolve, 20)));

  expect(asked).toHaveLength(1);
  expect(asked[0]?.url.searchParams.get('to')).toBe('2026-01-01T00:00:25.000Z');
});

it('says that more ran than is shown, and from when all are there', async () => {
  table(() => theLanes([[aRun(50, 51)]], { truncated: true, complete_from: '2026-01-01T00:00:45Z' }));

  expect(await screen.findByText(/more ran before .*45\.000 than can be shown/)).toBeVisible();
});

it('says why lanes could not be read and offers to try again', async () => {
  table(() => refusal(503, { title: 'Unavailable', detail: 'PostgreSQL is away' }));

  expect(await screen.findByRole('alert')).toHaveTextContent('PostgreSQL is away');
  expect(screen.getByRole('button', { name: 'Try again' })).toBeEnabled();
});
