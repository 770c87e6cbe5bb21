import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { Attempt, Job } from '@/shared/api/types';
import { aJob, anAttempt, aTask, aWaiting } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { done, refusal, serve } from '@/shared/testing/server';
import { hearDeletedJobs } from '../live';
import { Acts } from './Acts';
import { JobPage } from './JobPage';

afterEach(() => vi.unstubAllGlobals());

const onDeleted = vi.fn();

function shown(job: Job, attempts: Attempt[] = [], routes: Parameters<typeof serve>[0] = {}) {
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
    [`GET ${at}/waiting`]: () => aWaiting(),
    [`DELETE ${at}`]: () => {
      hearDeletedJobs(client, [job.id]);
      return done();
    },
    ...routes,
  });
  const { client } = renderView(
    <>
      <Acts job={job} task={aTask()} onDeleted={onDeleted} />
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

it('tells why a job waits, what is ahead, and what the estimate is made from', async () => {
  shown(aJob('queued'), [], {});

  const panel = await screen.findByRole('region', { name: 'Why is it waiting?' });

  expect(await within(panel).findByText('Others come first')).toBeVisible();
  expect(within(panel).getByText('Position').parentElement).toHaveTextContent('4');
  expect(within(panel).getByText('Ahead').parentElement).toHaveTextContent('1high2medium0low');
  expect(within(panel).getByText(/pace of the last minutes/)).toBeVisible();
});

it('leads to the workers when none can run the job, and promises no time', async () => {
  const job = aJob('queued');
  shown(job, [], {
    [`GET /api/v1/jobs/${job.id}/waiting`]: () =>
      aWaiting({
        reason: 'no_worker',
        detail: 'no living worker serves the queue high',
        estimated_start_at: null,
      }),
  });

  expect(await screen.findByText('No living worker serves the queue high')).toBeVisible();
  expect(screen.getByRole('link', { name: 'Workers' })).toHaveAttribute('href', '/workers');
  expect(screen.getByText('no estimate')).toBeVisible();
});

it('says nothing about waiting once the job does not wait any more', async () => {
  const job = aJob('queued');
  const asked = shown(job, [], {
    [`GET /api/v1/jobs/${job.id}/waiting`]: () => refusal(409, { code: 'not_waiting' }),
  });
  await waitFor(() => expect(asked.some(({ route }) => route.endsWith('/waiting'))).toBe(true));

  await waitFor(() => expect(screen.queryByRole('region', { name: 'Why is it waiting?' })).toBeNull());
});

it('tries a job again with the params that were edited, its error in sight', async () => {
  const job = aJob('failed', { params: { rows: -4, what: 'orders' } });
  const asked = shown(job, [failed]);
  await userEvent.click(screen.getByRole('button', { name: 'Edit and retry' }));
  const dialog = await screen.findByRole('dialog', { name: 'Edit and retry' });

  expect(within(dialog).getByText('rows must be positive')).toBeVisible();

  await userEvent.clear(within(dialog).getByLabelText('Rows'));
  await userEvent.type(within(dialog).getByLabelText('Rows'), '12');
  await userEvent.click(within(dialog).getByRole('radio', { name: 'High' }));
  await userEvent.click(within(dialog).getByRole('button', { name: 'Retry' }));

  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(asked.find(({ route }) => route.endsWith('/retry'))?.body).toEqual({
    params: { rows: 12, what: 'orders' },
    priority: 'high',
  });
});

it('keeps the edited params when the server finds a fault, and shows it beside the field', async () => {
  const job = aJob('failed', { params: { rows: 1 } });
  shown(job, [failed], {
    [`POST /api/v1/jobs/${job.id}/retry`]: () =>
      refusal(422, {
        detail: 'The params do not fit the task.',
        errors: [{ pointer: '/params/rows', message: 'must be at least 1' }],
      }),
  });
  await userEvent.click(screen.getByRole('button', { name: 'Edit and retry' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.clear(within(dialog).getByLabelText('Rows'));
  await userEvent.type(within(dialog).getByLabelText('Rows'), '-5');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Retry' }));

  expect(await within(dialog).findByText('must be at least 1')).toBeVisible();
  expect(within(dialog).getByLabelText('Rows')).toHaveValue(-5);
  expect(within(dialog).getByLabelText('Rows')).toHaveFocus();
});

it('deletes a job only after the question, and goes on to where it is not missed', async () => {
  const asked = shown(aJob('succeeded'));
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }));

  expect(asked.some(({ route }) => route.startsWith('DELETE'))).toBe(false);

  await userEvent.click(await screen.findByRole('button', { name: 'Delete job' }));

  await waitFor(() => expect(onDeleted).toHaveBeenCalledOnce());
  // What is gone is not asked for, though the feed tells that it is.
  expect(asked.at(-1)?.route).toMatch(/^DELETE /);
});
