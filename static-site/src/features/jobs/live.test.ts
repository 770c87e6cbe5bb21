import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it, vi } from 'vitest';
import { deletionKey } from '@/shared/api/deletions';
import type { JobSummary } from '@/shared/api/types';
import { aJob, aSummary } from '@/shared/testing/factories';
import { serve } from '@/shared/testing/server';
import { jobListQuery, jobQuery } from './api';
import { arrivalsOf, rowsOf } from './list';
import { hearJobs, rereadEverything, rereadJobs } from './live';

const EMPTY = { pages: [], pageParams: [] };

const heard = (client: QueryClient, id: string): JobSummary => {
  const job = aSummary('succeeded', { id, version: 3 });
  hearJobs(client, [job]);
  return job;
};

describe('news that comes while its subject is being read', () => {
  it('has a job read again when the answer is older', async () => {
    const client = new QueryClient();
    const asked = serve({
      'GET /api/v1/jobs/a': () => {
        if (asked.length > 1) return aJob('succeeded', { id: 'a', version: 3 });
        heard(client, 'a');
        return aJob('running', { id: 'a', version: 2 });
      },
    });

    expect((await client.fetchQuery(jobQuery('a'))).state).toBe('succeeded');
    expect(asked).toHaveLength(2);
  });

  it('renews the row of a list whose answer is older, and sets aside what the answer lacks', async () => {
    const client = new QueryClient();
    serve({
      'GET /api/v1/jobs': () => {
        heard(client, 'a');
        heard(client, 'b');
        return { items: [aSummary('running', { id: 'a', version: 2 })], next_cursor: null };
      },
    });
    const list = await client.fetchInfiniteQuery(jobListQuery({}));

    expect(rowsOf(list).map(({ id, state }) => [id, state])).toEqual([['a', 'succeeded']]);
    expect(arrivalsOf(list).map(({ id }) => id)).toEqual(['b']);
  });

  it('is left alone when it came before the question', async () => {
    const client = new QueryClient();
    heard(client, 'b');
    serve({ 'GET /api/v1/jobs': () => ({ items: [], next_cursor: null }) });

    expect(arrivalsOf(await client.fetchInfiniteQuery(jobListQuery({})))).toEqual([]);
  });
});

it('takes the jobs of its schedule into a history, and no others', async () => {
  const client = new QueryClient();
  const filters = { schedule_id: 's' };
  serve({ 'GET /api/v1/jobs': () => ({ items: [], next_cursor: null }) });
  await client.fetchInfiniteQuery(jobListQuery(filters));
  const mine = aSummary('queued', { schedule_id: 's' });
  hearJobs(client, [mine, aSummary('queued', { schedule_id: 'other' }), aSummary('queued')]);

  const shown = () => rowsOf(client.getQueryData(jobListQuery(filters).queryKey) ?? EMPTY, true);

  expect(shown().map(({ id }) => id)).toEqual([mine.id]);
});

describe('a list that is looked at while anything may have been missed', () => {
  const id = (number: number): string => String(1000 - number).padStart(4, '0');
  const page = (from: number, to: number, more: boolean) => ({
    items: Array.from({ length: to - from }, (_, n) =>
      aSummary('succeeded', { id: id(from + n), version: 1 }),
    ),
    next_cursor: more ? String(to) : null,
  });

  async function looked(answers: Record<string, unknown>[]) {
    const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    const asked = serve({ 'GET /api/v1/jobs': () => answers[asked.length - 1] });
    const options = jobListQuery({});
    const leave = new InfiniteQueryObserver(client, options).subscribe(() => undefined);
    const held = () => client.getQueryData(options.queryKey) ?? EMPTY;
    await vi.waitFor(() => expect(rowsOf(held())).not.toEqual([]));
    rereadEverything(client);
    await vi.waitFor(() => expect(asked).toHaveLength(answers.length));
    return { held, leave };
  }

  it('keeps its rows where they are and sets aside what is new', async () => {
    const renewed = page(0, 12, false);
    renewed.items[11] = aSummary('failed', { id: id(11), version: 2 });
    const { held, leave } = await looked([page(10, 12, false), renewed]);

    await vi.waitFor(() => expect(arrivalsOf(held())).toHaveLength(10));
    expect(rowsOf(held()).map((job) => [job.id, job.state])).toEqual([
      [id(10), 'succeeded'],
      [id(11), 'failed'],
    ]);
    leave();
  });

  it('is read afresh when more is new than keeping its place is worth', async () => {
    const { held, leave } = await looked([
      page(900, 902, false),
      ...[0, 100, 200, 300].map((from) => page(from, from + 100, true)),
      page(0, 50, true),
    ]);

    await vi.waitFor(() => expect(rowsOf(held())).toHaveLength(50));
    expect(arrivalsOf(held())).toEqual([]);
    leave();
  });
});

it.each([rereadJobs, rereadEverything])(
  '%o does not ask for a job that this page is deleting',
  async (readAgain) => {
    const client = new QueryClient();
    const asked = serve({
      'GET /api/v1/jobs/a': () => aJob('succeeded', { id: 'a' }),
      'GET /api/v1/jobs/b': () => aJob('succeeded', { id: 'b' }),
    });
    const leave = ['a', 'b'].map((id) => new QueryObserver(client, jobQuery(id)).subscribe(() => undefined));
    await vi.waitFor(() => expect(client.isFetching()).toBe(0));
    const deletes = { mutationKey: deletionKey('a'), mutationFn: () => new Promise<never>(() => undefined) };
    void client.getMutationCache().build(client, deletes).execute(undefined);
    readAgain(client);
    await vi.waitFor(() => expect(client.isFetching()).toBe(0));

    expect(asked.map(({ url }) => url.pathname.at(-1))).toEqual(['a', 'b', 'b']);
    for (const one of leave) one();
  },
);
