import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { Attempt, Job } from '@/shared/api/types';
import { aJob, anAttempt } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { Acts } from './Acts';
import { JobPage } from './JobPage';

afterEach(() => vi.unstubAllGlobals());

function shown(job: Job, attempts: Attempt[] = []) {
  const at = `/api/v1/jobs/${job.id}`;
  const asked = serve({
    [`GET ${at}/attempts`]: () => ({ items: attempts }),
    [`GET ${at}/logs`]: ({ url }) =>
      url.searchParams.get('after') === '0'
        ? {
            items: [
              { number: 1, attempt: 1, at: job.created_at, level: 'warning', message: 'row 3 is empty' },
            ],
            next_after: 1,
          }
        : { items: [], next_after: 1 },
    [`GET ${at}/artifacts`]: () => ({ items: [] }),
    [`POST ${at}/cancel`]: () => refusal(409, { detail: 'The job has succeeded already.' }),
    [`POST ${at}/retry`]: () => ({ ...job, state: 'queued', version: job.version + 1 }),
  });
  renderView(
    <>
      <Acts job={job} />
      <JobPage job={job} />
    </>,
  );
  return asked;
}

const failed = anAttempt({
  outcome: 'failed',
  error: {
    type: 'ValueError',
    message: 'rows must be positive',
    traceback: 'File "export.py", line 4',
    attempt: 1,
  },
});

it('shows the error of an attempt, and its traceback only when unfolded', async () => {
  shown(aJob('failed'), [failed]);

  expect(await screen.findByText('rows must be positive')).toBeVisible();

  const traceback = screen.getByText('File "export.py", line 4');
  const details = traceback.closest('details');

  expect(details).not.toHaveAttribute('open');

  await userEvent.click(screen.getByText('Traceback'));

  expect(details).toHaveAttribute('open');
});

it('offers the acts that the server allows and no others', async () => {
  shown(aJob('failed', { allowed_actions: ['retry'] }));

  expect(screen.getByRole('button', { name: 'Retry' })).toBeEnabled();
  expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
});

it('shows the words of the server when it refuses an act', async () => {
  shown(aJob('running'));
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));

  expect(await screen.findByText('The job has succeeded already.')).toBeVisible();
});

it('counts down to the next try of a retrying job', async () => {
  const retryAt = new Date(Date.now() + 30_000).toISOString();
  shown(aJob('retrying', { run_at: retryAt }), [{ ...failed, retry_at: retryAt }]);

  const attempts = await screen.findByRole('region', { name: 'Attempts' });

  await waitFor(() => expect(within(attempts).getByText(/^next try in (29|30) s$/)).toBeVisible());
});

it('names the progress bar and tells how far the job is', () => {
  shown(aJob('running', { progress: { percent: 40, done: 4, total: 10, message: 'Writing rows' } }));

  expect(screen.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '40');
  expect(screen.getByText('Writing rows')).toBeVisible();
});

it('does not claim a percentage that the task did not give', () => {
  shown(aJob('running', { progress: null }));

  expect(screen.getByRole('progressbar', { name: 'Progress' })).not.toHaveAttribute('aria-valuenow');
});

it('shows the log and reads on after the last line', async () => {
  const asked = shown(aJob('succeeded'));

  expect(await screen.findByText('row 3 is empty')).toBeVisible();
  expect(
    asked.filter(({ url }) => url.pathname.endsWith('/logs')).map(({ url }) => url.searchParams.get('after')),
  ).toEqual(['0', '1']);
});
