/** Where the feed meets what is held: each noun's feature takes in its own news. */
import type { Query, QueryClient } from '@tanstack/react-query';
import type { FeedBatch } from '@/features/feed/events';
import { tellsOfErrors, rereadErrors } from '@/features/errors/api';
import type { FeedStatus } from '@/features/feed/store';
import { hearBulkActs } from '@/features/jobs/bulk/api';
import { hearDeletedJobs, hearJobs, hearLogs, rereadEverything, rereadJobs } from '@/features/jobs/live';
import { jobKeys } from '@/features/jobs/api';
import { hearLanes } from '@/features/lanes/api';
import { hearQueues } from '@/features/queues/api';
import { hearLastJobs, hearSchedules, rereadSchedules } from '@/features/schedules/api';
import { hearWorkers } from '@/features/workers/api';
import { reread } from '@/shared/api/reread';
import { atMostEvery } from '@/shared/timing/atMostEvery';

const REREAD_MILLISECONDS = 1_000;
const RECOUNT_MILLISECONDS = 1_500;

export function bringIn(client: QueryClient): (batch: FeedBatch) => void {
  const rejob = atMostEvery(REREAD_MILLISECONDS, () => rereadJobs(client));
  const recount = atMostEvery(RECOUNT_MILLISECONDS, () => void reread(client, jobKeys.counts));
  const rereadPlans = atMostEvery(REREAD_MILLISECONDS, () => rereadSchedules(client));
  const reerror = atMostEvery(REREAD_MILLISECONDS, () => void rereadErrors(client));
  const relane = atMostEvery(REREAD_MILLISECONDS, () => hearLanes(client));
  return (batch) => {
    if (batch.resync) rereadEverything(client);
    if (batch.jobs.length > 0) {
      hearJobs(client, batch.jobs);
      hearLastJobs(client, batch.jobs);
      recount();
    }
    if (batch.deletedJobs.length > 0) {
      hearDeletedJobs(client, batch.deletedJobs);
      recount();
    }
    if (batch.jobsChanged) rejob();
    if (batch.schedules.length > 0 || batch.deletedSchedules.length > 0) {
      hearSchedules(client, batch.schedules, batch.deletedSchedules);
      rereadPlans();
    }
    if (batch.bulkActs.length > 0) hearBulkActs(client, batch.bulkActs);
    // Job events carry no slot, so the lanes ask what ran since they last did; only while they are on the screen.
    if (batch.jobsChanged || batch.jobs.length > 0) relane();
    if (batch.errorsChanged || batch.jobsChanged || tellsOfErrors(client, batch.jobs)) reerror();
    if (batch.queues) hearQueues(client, batch.queues);
    if (batch.workers.length > 0) hearWorkers(client, batch.workers);
    if (batch.logs.length > 0)
      hearLogs(
        client,
        batch.logs.map((log) => log.job_id),
      );
  };
}

/**
 * What the feed does not bring is read when it is back: what could not be read meanwhile, and what is asked for from
 * time to time, which would be old until its turn comes. To be called on each change of the feed.
 */
export function mendWhenBack(client: QueryClient): (status: FeedStatus) => void {
  let was: FeedStatus | null = null;
  let wasAway = false;
  return (status) => {
    const isAway = status.link === 'off' || status.link === 'opening';
    // The first opening is no return.
    if (was?.heardAt) wasAway ||= isAway;
    if (was?.fault && !status.fault) refetch(client, ({ state }) => state.status === 'error');
    if (wasAway && !isAway) {
      wasAway = false;
      refetch(client, ({ observers }) => observers.some(({ options }) => Boolean(options.refetchInterval)));
    }
    was = status;
  };
}

const refetch = (client: QueryClient, predicate: (query: Query) => boolean): void =>
  void client.refetchQueries({ type: 'active', predicate });
