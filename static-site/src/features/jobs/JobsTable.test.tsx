import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { aSummary } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve, type Asked } from '@/shared/testing/server';
import type { JobFilters } from './filters';
import { JobsTable } from './JobsTable';
import { hearJobs } from './live';

afterEach(() => vi.unstubAllGlobals());

const table = (
  filters: JobFilters,
  answer: () => unknown,
  bulk: (asked: Asked) => unknown = () => undefined,
) => {
  const asked = serve({ 'GET /api/v1/jobs': answer, 'POST /api/v1/jobs/bulk': bulk });
  const clear = vi.fn();
  const started = vi.fn();
  const shown = renderView(<JobsTable filters={filters} clearFilters={clear} onBulkStarted={started} />);
  return { ...shown, asked, clear, started };
};

it('holds new rows behind a chip while filters are on, and shows them on click', async () => {
  const { client } = table({ state: ['queued'] }, () => ({ items: [aSummary('queued')], next_cursor: null }));
  await vi.waitFor(() => expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '2'));
  act(() => hearJobs(client, [aSummary('queued'), aSummary('queued'), aSummary('failed')]));

  await userEvent.click(await screen.findByRole('button', { name: '2 new' }));

  expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '4');
  expect(screen.queryByRole('button', { name: /new/ })).toBeNull();
});

it('shows new rows at once at the top of an unfiltered list', async () => {
  const { client } = table({}, () => ({ items: [aSummary('queued')], next_cursor: null }));
  await vi.waitFor(() => expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '2'));
  act(() => hearJobs(client, [aSummary('queued')]));

  await vi.waitFor(() => expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '3'));
});

it('asks the server with every filter, repeating those that may be several', async () => {
  const { asked } = table({ state: ['failed', 'queued'], tag: 'nightly' }, () => ({
    items: [],
    next_cursor: null,
  }));
  await screen.findByText('No job matches');

  expect(asked[0]?.url.searchParams.getAll('state')).toEqual(['failed', 'queued']);
  expect(asked[0]?.url.searchParams.get('tag')).toBe('nightly');
});

it('offers to clear the filters when nothing matches', async () => {
  const { clear } = table({ tag: 'nightly' }, () => ({ items: [], next_cursor: null }));
  await userEvent.click(await screen.findByRole('button', { name: 'Clear filters' }));

  expect(clear).toHaveBeenCalledOnce();
});

it('says why the list could not be loaded and offers to try again', async () => {
  table({}, () => refusal(503, { detail: 'PostgreSQL does not answer.' }));

  expect(await screen.findByRole('alert')).toHaveTextContent('PostgreSQL does not answer.');
  expect(screen.getByRole('button', { name: 'Try again' })).toBeEnabled();
});
