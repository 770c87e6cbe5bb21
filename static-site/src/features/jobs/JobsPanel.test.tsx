import { act, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { anOlderSummary, aSummary } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import { JobsPanel } from './JobsPanel';
import { hearJobs } from './live';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('tells how long a job waits or ran, also when the server does not say since when it waits', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1, 0, 0, 40) });
  // The newest, which was made last, stands first.
  const jobs = [
    aSummary('queued', { run_at: '2026-01-01T00:00:00Z', waits_since: '2026-01-01T00:00:10Z' }),
    anOlderSummary('queued', { run_at: '2026-01-01T00:00:00Z' }),
    anOlderSummary('succeeded'),
  ];
  serve({ 'GET /api/v1/jobs': () => ({ items: jobs, next_cursor: null }) });
  renderView(<JobsPanel title="Latest" filters={{}} shown={5} empty={{ title: '', words: '' }} />);
  const rows = await screen.findAllByRole('listitem');

  expect(rows.map((row) => /waiting .*? s|ran .*? s/.exec(row.textContent ?? '')?.[0])).toEqual([
    'ran 3 s',
    'waiting 40 s',
    'waiting 30 s',
  ]);
});

it('is cut back when it has grown long, and asks once for what is newest', async () => {
  const answers = [{ items: [], next_cursor: null }, new Promise(() => undefined)];
  const asked = serve({ 'GET /api/v1/jobs': () => answers[Math.min(asked.length, answers.length) - 1] });
  const { client } = renderView(
    <JobsPanel title="Latest" filters={{}} shown={5} empty={{ title: 'None', words: '' }} />,
  );
  await screen.findByText('None');
  for (let batch = 0; batch < 4; batch += 1)
    act(() =>
      hearJobs(
        client,
        Array.from({ length: 200 }, () => aSummary('queued')),
      ),
    );
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  for (let batch = 0; batch < 3; batch += 1) act(() => hearJobs(client, [aSummary('queued')]));

  expect(screen.getAllByRole('listitem')).toHaveLength(5);
  expect(asked).toHaveLength(2);
});
