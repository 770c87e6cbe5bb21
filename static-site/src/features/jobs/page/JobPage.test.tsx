import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { Attempt, Job } from '@/shared/api/types';
import { aJob, anAttempt, aTask, aWaiting } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { done, refusal, serve } from '@/shared/testing/server';
import { jobKeys } from '../api';
import { hearDeletedJobs } from '../live';
import { Acts } from './Acts';
import { JobPage } from './JobPage';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** For what is counted from now: the clock stands, however long the machine takes. A whole second, as pages show it. */
function standStill(): number {
  const now = Date.UTC(2026, 0, 1, 0, 1);
  vi.useFakeTimers({ toFake: ['Date'], now });
  return now;
}

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
  client.setQueryData(jobKeys.whole(job.id), job);
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

  const traceback = await screen.findByText('File "export.py", line 4');
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

it.each([
  ['queued', {}, true],
  ['queued', { attempt: 1 }, false],
  ['scheduled', {}, false],
  ['retrying', {}, false],
] as const)(
  'offers to take back the cancel of a job that was %s %o: %s',
  async (state, change, isOffered) => {
    const job = aJob(state, change);
    const cancelled = aJob('cancelled', { id: job.id, attempt: job.attempt, version: 2 });
    const asked = shown(job, [], { [`POST /api/v1/jobs/${job.id}/cancel`]: () => cancelled });
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await screen.findByText('Cancelled');

    expect(screen.queryAllByRole('button', { name: 'Undo' })).toHaveLength(isOffered ? 1 : 0);

    // A toast can be pressed a moment after it is there.
    for (const undo of screen.queryAllByRole('button', { name: 'Undo' }))
      await vi.waitFor(() => userEvent.click(undo));

    expect(asked.filter(({ route }) => route.endsWith('/retry'))).toHaveLength(isOffered ? 1 : 0);
  },
);

it('counts down to the next try of a retrying job', async () => {
  const retryAt = new Date(standStill() + 30_000).toISOString();
  shown(aJob('retrying', { run_at: retryAt }), [{ ...failed, retry_at: retryAt }]);

  const attempts = await screen.findByRole('region', { name: 'Attempts' });

  expect(await within(attempts).findByText('next try in 30 s')).toBeVisible();
});

it('draws the pauses between its attempts, and says what may follow the one that is going on', async () => {
  const now = standStill();
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  shown(aJob('retrying', { attempt: 2, max_retries: 4, run_at: at(30) }), [
    { ...failed, finished_at: at(-12), retry_at: at(-11) },
    { ...failed, attempt: 2, started_at: at(-11), finished_at: at(-10), retry_at: at(30) },
  ]);
  const panel = await screen.findByRole('region', { name: 'Retries' });

  expect(
    within(panel).getByRole('img', { name: 'Back-off curve: 1 s after attempt 1, 40 s after attempt 2' }),
  ).toBeVisible();
  expect(panel).toHaveTextContent('Next try in 30 s, then at most 2 more retries');
});

it.each([
  ['failed', 'at most 2 more retries'],
  ['timed_out', 'at most 2 more retries'],
  ['cancelled', 'at most 2 more retries'],
  // Those were given back to the queue, with the retries that the job had.
  ['lost', 'none'],
  ['interrupted', 'none'],
] as const)(
  'says what may follow after an attempt that had ended as %s, without a time to try again: %s',
  async (outcome, left) => {
    const retry_at = new Date(Date.now() + 30_000).toISOString();
    shown(aJob('retrying', { attempt: 4, max_retries: 3, run_at: retry_at }), [
      { ...failed, attempt: 1, retry_at: '2026-01-01T00:00:06Z' },
      { ...failed, attempt: 2, retry_at: '2026-01-01T00:00:07Z' },
      { ...failed, attempt: 3, outcome },
      { ...failed, attempt: 4, retry_at },
    ]);
    const panel = await screen.findByRole('region', { name: 'Retries' });

    expect(panel).toHaveTextContent(new RegExp(`then ${left}$`));
    expect(panel).toHaveTextContent('3 pauses');
  },
);

it('shows what an attempt said that the one before it did not', async () => {
  const said = (attempt: number, row: number) => ({
    ...failed,
    attempt,
    fingerprint: 'a',
    error: {
      type: 'ValueError',
      message: `row ${row}`,
      traceback: `in export\nValueError: row ${row}`,
      attempt,
    },
  });
  shown(aJob('failed', { attempt: 3, max_retries: 2 }), [said(1, 7), said(2, 7), said(3, 8)]);
  const [third, second, first] = within(await screen.findByRole('list', { name: 'Attempts' })).getAllByRole(
    'listitem',
  );

  expect(first).not.toHaveTextContent(/attempt 0/);
  expect(second).toHaveTextContent('the same as attempt 1');
  expect(third).toHaveTextContent('like attempt 2, in other words');

  await userEvent.click(screen.getByText('Difference from attempt 2'));
  const difference = screen.getByRole('group', { name: 'Difference from attempt 2' });

  expect(within(difference).getByRole('deletion')).toHaveTextContent('− ValueError: row 7');
  expect(within(difference).getByRole('insertion')).toHaveTextContent('+ ValueError: row 8');
});

it('names the progress bar and tells how far the job is', () => {
  shown(aJob('running', { progress: { percent: 40, done: 4, total: 10, message: 'Writing rows' } }));

  expect(screen.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '40');
  expect(screen.getByText('Writing rows')).toBeVisible();
});

it('tells the pace of a running job and when it will be done at that pace', () => {
  const started_at = new Date(standStill() - 10_000).toISOString();
  const progress = { percent: 40, done: 40, total: 100, message: 'Writing rows' };
  shown(aJob('running', { started_at, progress }));

  expect(screen.getByText('40 of 100 · 4/s · about 15 s left')).toBeVisible();
});

it('leads to the source, the schedule, the batch and the tags it came with', async () => {
  shown(
    aJob('succeeded', {
      source: 'schedule:nightly',
      schedule_id: '01940000-0000-7000-9000-000000000001',
      batch_id: '01940000-0000-7000-8000-00000000ba7c',
      tags: ['eu'],
    }),
  );
  const facts = await screen.findByRole('region', { name: 'Facts' });
  const led = within(facts)
    .getAllByRole('link')
    .map((link) => decodeURIComponent(link.getAttribute('href') ?? ''));

  expect(led).toEqual([
    expect.stringMatching(/^\/jobs\?source="?schedule:nightly/),
    '/schedules/01940000-0000-7000-9000-000000000001',
    expect.stringMatching(/^\/jobs\?batch_id="?01940000-0000-7000-8000-00000000ba7c/),
    expect.stringMatching(/^\/jobs\?tag="?eu/),
  ]);
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
  expect(within(panel).getByText('Slots busy').parentElement).toHaveTextContent('2 of 2');
  expect(within(panel).getByText('Starts').parentElement).toHaveTextContent('any moment');
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

it('shows no attempt that goes on of a job whose slot was lost, before its attempts were read', () => {
  const job = aJob('queued', { attempt: 1, started_at: '2026-01-01T00:00:02Z' });
  shown(job, [], { [`GET /api/v1/jobs/${job.id}/attempts`]: () => new Promise(() => undefined) });
  const attempts = screen.getByRole('region', { name: 'Attempts' });

  expect(within(attempts).queryByRole('listitem')).toBeNull();
});
