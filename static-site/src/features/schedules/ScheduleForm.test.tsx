import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { WholeSchedule } from '@/shared/api/types';
import { aSchedule, aTask } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { ScheduleForm } from './ScheduleForm';

afterEach(() => vi.unstubAllGlobals());

const PREVIEW = {
  cron: '0 9 * * 1-5',
  timezone: 'Europe/Berlin',
  cron_in_words: 'at 09:00 on Monday through Friday',
  next_runs: ['2026-01-02T08:00:00Z'],
};

function shown(routes: Parameters<typeof serve>[0] = {}, schedule?: WholeSchedule) {
  const asked = serve({
    'GET /api/v1/schedules/preview': () => PREVIEW,
    'POST /api/v1/schedules': () => aSchedule(),
    ...routes,
  });
  const onSaved = vi.fn();
  renderView(<ScheduleForm tasks={[aTask()]} schedule={schedule} onSaved={onSaved} cancel={null} />);
  return { asked, onSaved };
}

const preview = () => screen.getByRole('status', { name: 'Preview' });

it('says what an expression means and when it is due, by the clocks of its time zone', async () => {
  shown();
  await userEvent.type(screen.getByLabelText('Cron'), '0 9 * * 1-5');

  expect(await within(preview()).findByText('At 09:00 on Monday through Friday')).toBeVisible();
  expect(within(preview()).getByRole('listitem')).toHaveTextContent(/09:00/);
});

it('says what is wrong with an expression beside it while it is typed', async () => {
  shown({
    'GET /api/v1/schedules/preview': () =>
      refusal(400, { errors: [{ pointer: '/cron', message: "the hour '25' is not valid" }] }),
  });
  await userEvent.type(screen.getByLabelText('Cron'), '0 25 * * *');

  await waitFor(() =>
    expect(screen.getByLabelText('Cron')).toHaveAccessibleDescription(/the hour '25' is not valid/),
  );
  expect(preview()).toHaveTextContent('No preview until the expression is right.');
});

it('asks nothing about an expression that is not there yet', async () => {
  const { asked } = shown();

  expect(preview()).toHaveTextContent(/choose a common time/);
  expect(asked).toEqual([]);
});

it('creates what was chosen, with the params of the task', async () => {
  const { asked, onSaved } = shown();
  await userEvent.type(screen.getByLabelText('Name'), 'nightly');
  await userEvent.click(screen.getByRole('button', { name: 'Weekdays' }));
  await userEvent.clear(screen.getByLabelText('Time zone'));
  await userEvent.type(screen.getByLabelText('Time zone'), 'Europe/Berlin');
  await userEvent.type(screen.getByLabelText('Rows'), '12');
  await userEvent.click(screen.getByRole('radio', { name: 'Cancel running' }));
  await userEvent.click(screen.getByRole('button', { name: 'Create schedule' }));
  await waitFor(() => expect(onSaved).toHaveBeenCalledOnce());

  expect(asked.find(({ route }) => route === 'POST /api/v1/schedules')?.body).toEqual({
    name: 'nightly',
    cron: '0 9 * * 1-5',
    timezone: 'Europe/Berlin',
    task: 'data_export',
    params: { rows: 12, what: 'orders' },
    priority: 'medium',
    overlap: 'cancel_running',
    catch_up: 'last',
    max_retries: null,
    timeout_seconds: null,
    tags: [],
  });
});

it('shows the faults of the server beside their fields, and goes to the first', async () => {
  shown({
    'POST /api/v1/schedules': () =>
      refusal(422, {
        detail: 'The schedule is not valid.',
        errors: [{ pointer: '/params/rows', message: 'must be given' }],
      }),
  });
  await userEvent.click(screen.getByRole('button', { name: 'Create schedule' }));

  expect(await screen.findByText('must be given')).toBeVisible();
  expect(screen.getByLabelText('Rows')).toHaveFocus();
  expect(screen.getByText(/The schedule is not valid/)).toBeVisible();
});

it('takes away a limit of retries that was emptied', async () => {
  const schedule = aSchedule({ max_retries: 5 });
  const { asked, onSaved } = shown({ [`PATCH /api/v1/schedules/${schedule.id}`]: () => schedule }, schedule);
  await userEvent.clear(screen.getByLabelText('Max retries'));
  await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
  await waitFor(() => expect(onSaved).toHaveBeenCalledOnce());

  expect(asked.find(({ route }) => route.startsWith('PATCH'))?.body).toMatchObject({
    name: 'nightly',
    max_retries: null,
    params: { rows: 5, what: 'orders' },
  });
});
