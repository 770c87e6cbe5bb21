import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { aSummary } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve, type Asked } from '@/shared/testing/server';
import type { JobFilters } from './filters';
import { JobsTable } from './JobsTable';
import { hearJobs } from './live';

afterEach(() => vi.unstubAllGlobals());

const isDryRun = (body: unknown): boolean => typeof body === 'object' && body !== null && 'dry_run' in body;

const table = (
  filters: JobFilters,
  answer: (asked: Asked) => unknown,
  bulk: (asked: Asked) => unknown = () => undefined,
) => {
  const asked = serve({ 'GET /api/v1/jobs': answer, 'POST /api/v1/jobs/bulk': bulk });
  const clear = vi.fn();
  const started = vi.fn();
  const shown = renderView(<JobsTable filters={filters} clearFilters={clear} onBulkStarted={started} />);
  return { ...shown, asked, clear, started };
};

const all = () => screen.getByRole('checkbox', { name: 'Select all loaded jobs' });

const selectAllLoaded = async () => {
  await vi.waitFor(() => expect(all()).not.toHaveAttribute('aria-disabled'));
  await userEvent.click(all());
};

it('has nothing to select while none is loaded', () => {
  table({}, () => new Promise(() => undefined));

  expect(all()).toHaveAttribute('aria-disabled', 'true');
});

it('holds new rows behind a chip while filters are on, and shows them on click', async () => {
  const { client } = table({ state: ['queued'] }, () => ({ items: [aSummary('queued')], next_cursor: null }));
  await vi.waitFor(() => expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '2'));
  act(() => hearJobs(client, [aSummary('queued'), aSummary('queued'), aSummary('failed')]));

  await userEvent.click(await screen.findByRole('button', { name: '2 new' }));

  expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '4');
  expect(screen.queryByRole('button', { name: /new/ })).toBeNull();
});

it('counts no further than it holds of what arrives, and reads anew what is shown of it', async () => {
  const { client, asked } = table({ state: ['queued'] }, () => ({
    items: [aSummary('queued')],
    next_cursor: null,
  }));
  await vi.waitFor(() => expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '2'));
  act(() =>
    hearJobs(
      client,
      Array.from({ length: 501 }, () => aSummary('queued')),
    ),
  );

  await userEvent.click(await screen.findByRole('button', { name: '500+ new' }));

  await vi.waitFor(() => expect(asked.filter(({ route }) => route === 'GET /api/v1/jobs')).toHaveLength(2));
  expect(screen.queryByRole('button', { name: /new/ })).toBeNull();
});

it('shows new rows at once at the top of an unfiltered list', async () => {
  const { client } = table({}, () => ({ items: [aSummary('queued')], next_cursor: null }));
  await vi.waitFor(() => expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '2'));
  act(() => hearJobs(client, [aSummary('queued')]));

  await vi.waitFor(() => expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '3'));
});

it('holds new rows behind a chip while the pointer is over the table, and shows them when it leaves', async () => {
  const { client } = table({}, () => ({ items: [aSummary('queued')], next_cursor: null }));
  const shown = screen.getByRole('table');
  await vi.waitFor(() => expect(shown).toHaveAttribute('aria-rowcount', '2'));
  const box = shown.parentElement ?? shown;
  await userEvent.hover(box);
  act(() => hearJobs(client, [aSummary('queued'), aSummary('queued')]));

  expect(await screen.findByRole('button', { name: '2 new' })).toBeVisible();
  expect(shown).toHaveAttribute('aria-rowcount', '2');

  await userEvent.unhover(box);

  await vi.waitFor(() => expect(shown).toHaveAttribute('aria-rowcount', '4'));
  await userEvent.hover(box);

  expect(shown).toHaveAttribute('aria-rowcount', '4');
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

it('counts on the server how many of all that match it will be, before anything is done', async () => {
  const { asked, started } = table(
    { tag: 'nightly' },
    ({ url }) =>
      url.searchParams.has('cursor')
        ? new Promise(() => undefined)
        : { items: [aSummary('failed'), aSummary('succeeded')], next_cursor: 'more' },
    ({ body }) =>
      isDryRun(body) ? { matched: 1234, complete: true } : { bulk_id: 'b', matched: 1234, complete: true },
  );
  // The rows are virtual, and there is no height here to put any into: all that are loaded are chosen by the header.
  await selectAllLoaded();

  expect(screen.getByText('2 jobs selected')).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'Select all that match' }));
  await userEvent.click(screen.getByRole('button', { name: 'Retry' }));

  expect(await screen.findByRole('alertdialog', { name: 'Retry 1,234 jobs?' })).toBeVisible();
  const sent = () => asked.filter(({ route }) => route === 'POST /api/v1/jobs/bulk').map(({ body }) => body);
  expect(sent()).toEqual([{ action: 'retry', filter: { tag: 'nightly' }, all: false, dry_run: true }]);

  await userEvent.click(screen.getByRole('button', { name: 'Retry 1,234' }));

  await vi.waitFor(() => expect(started).toHaveBeenCalledWith('b'));
  expect(sent().at(-1)).toEqual({ action: 'retry', filter: { tag: 'nightly' }, all: false });
  expect(screen.queryByRole('toolbar')).toBeNull();
});

it('lets an act be started on more than can be counted', async () => {
  table(
    {},
    () => ({ items: [aSummary('failed')], next_cursor: null }),
    () => ({ matched: 1234, complete: false }),
  );
  await selectAllLoaded();
  await userEvent.click(screen.getByRole('button', { name: 'Retry' }));

  expect(await screen.findByRole('alertdialog', { name: 'Retry 1,234+ jobs?' })).toBeVisible();
  expect(screen.getByRole('button', { name: 'Retry 1,234+' })).toBeEnabled();
});

it('does not let an act be started on none, and says why', async () => {
  table(
    {},
    () => ({ items: [aSummary('succeeded')], next_cursor: null }),
    () => ({ matched: 0, complete: true }),
  );
  await selectAllLoaded();
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  await screen.findByText('None of them is in a state that allows it.');

  const dialog = screen.getByRole('alertdialog');

  expect(within(dialog).getByRole('button', { name: 'Cancel' })).toBeDisabled();
});

it('keeps the selection when the server refuses, with its words', async () => {
  table(
    {},
    () => ({ items: [aSummary('failed')], next_cursor: null }),
    ({ body }) =>
      isDryRun(body)
        ? { matched: 1, complete: true }
        : refusal(503, { detail: 'PostgreSQL does not answer.' }),
  );
  await selectAllLoaded();
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Delete 1' }));

  expect(await screen.findByText('PostgreSQL does not answer.')).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'Back' }));

  expect(screen.getByText('1 job selected')).toBeVisible();
});
