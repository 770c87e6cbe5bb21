import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { Schedule } from '@/shared/api/types';
import { aJob, aSchedule, aSummary } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { done, refusal, serve } from '@/shared/testing/server';
import {
  hearLastJobs,
  hearSchedules,
  rereadSchedules,
  scheduleQuery,
  schedulesOf,
  schedulesQuery,
} from './api';
import { ScheduleActs } from './ScheduleActs';
import { SchedulesList } from './SchedulesList';

afterEach(() => vi.unstubAllGlobals());

function List() {
  const { data } = useInfiniteQuery(schedulesQuery());
  return data ? <SchedulesList schedules={schedulesOf(data.pages)} /> : null;
}

function shown(schedules: Schedule[], routes: Parameters<typeof serve>[0] = {}) {
  const asked = serve({
    'GET /api/v1/schedules': () => ({ items: schedules, next_cursor: null }),
    ...routes,
  });
  return { ...renderView(<List />), asked };
}

const at = (schedule: Schedule, act: string) => `POST /api/v1/schedules/${schedule.id}/${act}`;

it('tells when it runs in words, its last job, and that it follows the code', async () => {
  shown([aSchedule({ declared: true, last_job: aSummary('failed') })]);

  expect(await screen.findByText('At 03:00 every day')).toBeVisible();
  expect(screen.getByText('Failed')).toBeVisible();
  expect(screen.getByText('in code')).toBeVisible();
});

it('shows a pause at once, and takes it back when the server refuses', async () => {
  const schedule = aSchedule();
  let refuse: (answer: Response) => void = () => undefined;
  shown([schedule], { [at(schedule, 'pause')]: () => new Promise((resolve) => (refuse = resolve)) });
  await userEvent.click(await screen.findByRole('button', { name: 'Pause nightly' }));

  expect(await screen.findByText('Paused')).toBeVisible();

  refuse(refusal(503, { detail: 'PostgreSQL does not answer.' }));

  expect(await screen.findByText('PostgreSQL does not answer.')).toBeVisible();
  await waitFor(() => expect(screen.getByText('Active')).toBeVisible());
});

it('shows why a run made no job', async () => {
  shown([aSchedule({ last_error: 'the task is unknown' })]);

  expect(await screen.findByText('Failing')).toHaveAttribute('title', 'the task is unknown');
});

it('follows its last job to the end', async () => {
  const job = aSummary('running', { version: 2 });
  const { client } = shown([aSchedule({ last_job: job })]);
  await screen.findByText('Running');
  act(() => hearLastJobs(client, [{ ...job, state: 'succeeded', version: 3 }]));

  expect(await screen.findByText('Succeeded')).toBeVisible();
});

it('runs one now', async () => {
  const schedule = aSchedule();
  const { asked } = shown([schedule], { [at(schedule, 'run-now')]: () => aJob('queued') });
  await userEvent.click(await screen.findByRole('button', { name: 'Run nightly now' }));

  expect(await screen.findByText('Submitted')).toBeVisible();
  expect(asked.some(({ route }) => route === at(schedule, 'run-now'))).toBe(true);
});

it('is deleted only after the question, which stays with the words of a refusal', async () => {
  const schedule = aSchedule();
  const answers = [refusal(409, { detail: 'it is declared in code' }), done()];
  serve({ [`DELETE /api/v1/schedules/${schedule.id}`]: () => answers.shift() });
  const onDeleted = vi.fn();
  renderView(<ScheduleActs schedule={schedule} onDeleted={onDeleted} />);
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Delete schedule' }));

  expect(await screen.findByText('it is declared in code')).toBeVisible();
  expect(onDeleted).not.toHaveBeenCalled();

  await userEvent.click(screen.getByRole('button', { name: 'Delete schedule' }));

  await waitFor(() => expect(onDeleted).toHaveBeenCalledOnce());
});

it('is not asked for again on the news that this page deleted it', async () => {
  const schedule = { ...aSchedule(), next_runs: [] };
  const one = `GET /api/v1/schedules/${schedule.id}`;
  const onDeleted = vi.fn();
  const asked = serve({
    [one]: () => schedule,
    [`DELETE /api/v1/schedules/${schedule.id}`]: () => {
      hearSchedules(client, [], [schedule.id]);
      rereadSchedules(client);
      return done();
    },
  });
  function One() {
    const { data } = useQuery(scheduleQuery(schedule.id));
    return data ? <ScheduleActs schedule={data} onDeleted={onDeleted} /> : null;
  }
  const { client } = renderView(<One />);
  await userEvent.click(await screen.findByRole('button', { name: 'Delete' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Delete schedule' }));
  await waitFor(() => expect(onDeleted).toHaveBeenCalledOnce());
  rereadSchedules(client);

  expect(asked.filter(({ route }) => route === one)).toHaveLength(1);
});

it('offers no edit of one that follows the code', () => {
  renderView(<ScheduleActs schedule={aSchedule({ declared: true })} onDeleted={vi.fn()} />);

  expect(screen.queryByRole('link', { name: 'Edit' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Pause' })).toBeEnabled();
});

it('goes on after the last one of a page, and hears news of every page', async () => {
  const pages: Record<string, [Schedule, string | null]> = {
    '': [aSchedule({ id: 'a', name: 'first' }), 'first'],
    first: [aSchedule({ id: 'b', name: 'second', version: 1 }), null],
  };
  serve({
    'GET /api/v1/schedules': ({ url }) => {
      const [schedule, next_cursor] = pages[url.searchParams.get('cursor') ?? ''] ?? [];
      return { items: [schedule], next_cursor };
    },
  });
  function Pages() {
    const { data, hasNextPage, fetchNextPage } = useInfiniteQuery(schedulesQuery());
    return (
      <>
        {data && <SchedulesList schedules={schedulesOf(data.pages)} />}
        {hasNextPage && <button onClick={() => void fetchNextPage()}>more</button>}
      </>
    );
  }
  const { client } = renderView(<Pages />);
  await userEvent.click(await screen.findByRole('button', { name: 'more' }));

  expect(await screen.findByText('second')).toBeVisible();
  expect(screen.getByText('first')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'more' })).toBeNull();

  act(() =>
    hearSchedules(
      client,
      [{ ...aSchedule({ id: 'b', name: 'second', version: 2 }), last_error: 'no' }],
      ['a'],
    ),
  );

  expect(await screen.findByText('Failing')).toBeVisible();
  expect(screen.queryByText('first')).toBeNull();
});
