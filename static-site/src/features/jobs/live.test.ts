import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { JobSummary } from '@/shared/api/types';
import { aJob, aSummary } from '@/shared/testing/factories';
import { serve } from '@/shared/testing/server';
import { jobListQuery, jobQuery } from './api';
import { arrivalsOf, rowsOf } from './list';
import { hearJobs } from './live';

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
