import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { aWholeErrorGroup } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import { ErrorActs } from './ErrorActs';
import { ErrorGroupPage } from './ErrorGroupPage';

afterEach(() => vi.unstubAllGlobals());

const region = (name: string) => within(screen.getByRole('region', { name }));

it('shows the latest error with its traceback, and links to the jobs that failed so', () => {
  const group = aWholeErrorGroup();
  renderView(<ErrorGroupPage group={group} />);

  expect(region('Latest error').getByText(': row 7 is wrong')).toBeVisible();
  expect(region('Latest error').getByText(/Traceback \(most recent/)).toBeVisible();
  const [example] = region('Latest jobs').getAllByRole('listitem');
  expect(example).toHaveTextContent('Failed');
  expect(within(example ?? document.body).getByRole('link')).toHaveAttribute(
    'href',
    `/jobs/${group.examples[0]?.job_id}`,
  );
  expect(region('Latest jobs').getByRole('link', { name: 'All jobs' })).toHaveAttribute(
    'href',
    expect.stringContaining(group.fingerprint),
  );
});

it('says that the count stays when its jobs are gone', () => {
  renderView(<ErrorGroupPage group={aWholeErrorGroup({ examples: [], count: 1_200 })} />);

  expect(screen.getByText('No job is left')).toBeVisible();
  expect(screen.getByText(/^1.?200 in all$/)).toBeVisible();
});

it('names the releases it was seen in, if there are names', () => {
  const release = { release: 'v41', count: 3, first_hour: '2026-01-01T00:00:00Z' };
  const { unmount } = renderView(
    <ErrorGroupPage
      group={aWholeErrorGroup({ releases: [{ ...release, last_hour: '2026-01-02T00:00:00Z' }] })}
    />,
  );
  expect(region('Facts').getByText('v41')).toBeVisible();
  expect(region('Facts').getByText('· 3 failures')).toBeVisible();
  unmount();
  renderView(<ErrorGroupPage group={aWholeErrorGroup()} />);

  expect(screen.queryByText('Releases')).toBeNull();
});

it('says that it failed again after it was resolved', () => {
  renderView(<ErrorGroupPage group={aWholeErrorGroup({ regressed_at: '2026-01-02T00:00:00Z' })} />);

  expect(screen.getByText('It was resolved, and failed again')).toBeVisible();
});

it('has no traceback to show when the process of the task was gone', () => {
  renderView(<ErrorGroupPage group={aWholeErrorGroup({ traceback: null })} />);

  expect(screen.getByText(/no traceback/)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Copy traceback' })).toBeNull();
});

it('asks the server for the act of its button', async () => {
  const group = aWholeErrorGroup({ status: 'ignored', allowed_actions: ['resolve', 'reopen'] });
  const route = `POST /api/v1/errors/${group.fingerprint}/reopen`;
  const asked = serve({ [route]: () => ({ ...group, status: 'open' }) });
  renderView(<ErrorActs group={group} />);
  expect(screen.queryByRole('button', { name: 'Ignore' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Reopen' }));

  expect(await screen.findByText('Reopened')).toBeVisible();
  expect(asked.map((one) => one.route)).toEqual([route]);
});
