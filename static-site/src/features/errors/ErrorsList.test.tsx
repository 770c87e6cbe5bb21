import { useInfiniteQuery } from '@tanstack/react-query';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { ErrorGroup } from '@/shared/api/types';
import { anErrorGroup, aSummary, aWholeErrorGroup } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { errorQuery, errorsQuery, groupsOf, rereadErrors, tellsOfErrors } from './api';
import { ErrorsList } from './ErrorsList';

afterEach(() => vi.unstubAllGlobals());

const COUNTS = { open: 1, resolved: 0, ignored: 0 };

function List() {
  const { data } = useInfiniteQuery(errorsQuery({ status: 'open' }));
  return data ? <ErrorsList groups={groupsOf(data.pages)} /> : null;
}

function shown(read: () => ErrorGroup[], routes: Parameters<typeof serve>[0] = {}) {
  const asked = serve({
    'GET /api/v1/errors': () => ({ items: read(), next_cursor: null, counts: COUNTS }),
    ...routes,
  });
  return { ...renderView(<List />), asked };
}

const at = (act: string) => `POST /api/v1/errors/${anErrorGroup().fingerprint}/${act}`;

it('tells what fails, where, and how often in the last day', async () => {
  const { asked } = shown(() => [anErrorGroup()]);

  const link = await screen.findByRole('link', { name: 'ValueError' });
  expect(link).toHaveAttribute('href', '/errors/0123456789abcdef');
  expect(screen.getByText('data_export')).toBeVisible();
  expect(screen.getByText('row <n> is wrong')).toBeVisible();
  expect(
    screen.getByRole('img', { name: '5 failures in the last 24 hours, at most 5 in an hour' }),
  ).toBeVisible();
  expect(asked[0]?.url.search).toBe('?status=open');
});

it('tells one that was resolved and failed again from one that is open', async () => {
  shown(() => [anErrorGroup({ regressed_at: '2026-01-02T00:00:00Z' })]);

  expect(await screen.findByText('Open again')).toBeVisible();
});

it('offers what the server allows, and nothing else', async () => {
  shown(() => [anErrorGroup({ status: 'resolved', allowed_actions: ['reopen'] })]);
  const row = await screen.findByRole('listitem');

  expect(within(row).getAllByRole('button')).toHaveLength(1);
  expect(within(row).getByRole('button', { name: 'Reopen ValueError of data_export' })).toBeEnabled();
});

it('resolves one, which then leaves the list of open ones', async () => {
  let open = [anErrorGroup()];
  shown(() => open, {
    [at('resolve')]: () => {
      open = [];
      return aWholeErrorGroup({ status: 'resolved' });
    },
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Resolve ValueError of data_export' }));

  expect(await screen.findByText('Resolved')).toBeVisible();
  await waitFor(() => expect(screen.queryByRole('link', { name: 'ValueError' })).toBeNull());
});

it.each([
  ['open', 'ignore', 'Ignore', 'reopen'],
  ['resolved', 'reopen', 'Reopen', 'resolve'],
] as const)('takes back to %s what %s did', async (status, action, word, back) => {
  const { asked } = shown(() => [anErrorGroup({ status, allowed_actions: [action] })], {
    [at(action)]: () => aWholeErrorGroup({ status: 'ignored' }),
    [at(back)]: () => aWholeErrorGroup({ status }),
  });
  await userEvent.click(await screen.findByRole('button', { name: `${word} ValueError of data_export` }));
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));

  await waitFor(() => expect(asked.some(({ route }) => route === at(back))).toBe(true));
});

it('does not offer to take back what would forget that it failed again', async () => {
  const group = anErrorGroup({ regressed_at: '2026-01-02T00:00:00Z' });
  shown(() => [group], { [at('resolve')]: () => aWholeErrorGroup({ status: 'resolved' }) });
  await userEvent.click(await screen.findByRole('button', { name: 'Resolve ValueError of data_export' }));

  expect(await screen.findByText('Resolved')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
});

it('says why one could not be ignored', async () => {
  shown(() => [anErrorGroup()], {
    [at('ignore')]: () => refusal(503, { detail: 'PostgreSQL does not answer.' }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Ignore ValueError of data_export' }));

  expect(await screen.findByText('PostgreSQL does not answer.')).toBeVisible();
});

it('is read again at the news of a failure', async () => {
  let many = 1;
  const { client } = shown(() => [anErrorGroup({ count: many })]);
  await screen.findByTitle('1');
  many = 2;
  void rereadErrors(client);

  expect(await screen.findByTitle('2')).toBeVisible();
});

it('is read once more when the news comes while it is being read', async () => {
  let many = 1;
  let answer: (() => void) | undefined;
  const { client } = shown(() => [anErrorGroup({ count: many })]);
  await screen.findByTitle('1');
  serve({
    'GET /api/v1/errors': () => {
      const page = { items: [anErrorGroup({ count: many })], next_cursor: null, counts: COUNTS };
      return new Promise((resolve) => (answer = () => resolve(page)));
    },
  });
  void rereadErrors(client);
  await waitFor(() => expect(answer).toBeDefined());
  const beforeTheNews = answer;
  many = 2;
  void rereadErrors(client);
  beforeTheNews?.();
  await waitFor(() => expect(answer).not.toBe(beforeTheNews));
  answer?.();

  expect(await screen.findByTitle('2')).toBeVisible();
});

it('takes news of jobs for its own when one has an error, or is shown as an example', () => {
  const { client } = shown(() => []);
  const job = aSummary('succeeded');
  const [failed] = aWholeErrorGroup().examples;

  expect(tellsOfErrors(client, [job, aSummary('failed', { fingerprint: '0123456789abcdef' })])).toBe(true);
  expect(tellsOfErrors(client, [{ ...job, id: failed?.job_id ?? '' }])).toBe(false);
  client.setQueryData(errorQuery('0123456789abcdef').queryKey, aWholeErrorGroup());
  expect(tellsOfErrors(client, [{ ...job, id: failed?.job_id ?? '' }])).toBe(true);
  expect(tellsOfErrors(client, [job])).toBe(false);
});

it('shows a group once that came to the top while pages were read', () => {
  const page = { items: [anErrorGroup()], next_cursor: null, counts: COUNTS };

  expect(groupsOf([page, page])).toHaveLength(1);
});
