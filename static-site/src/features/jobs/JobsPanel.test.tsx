import { screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { anOlderSummary, aSummary } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import { JobsPanel } from './JobsPanel';

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
