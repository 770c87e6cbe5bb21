import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Job } from '@/shared/api/types';
import { DataPanel } from '@/shared/ui/DataPanel';
import { Panel } from '@/shared/ui/Panel';
import { artifactsQuery, attemptsQuery, logsQuery } from '../api';
import { Attempts } from './Attempts';
import { Log } from './Log';
import { ProgressLine } from './ProgressLine';
import { Retries } from './Retries';
import { Artifacts, Facts } from './Side';
import { attemptsSeen } from './story';
import { Story } from './Story';
import { WaitingPanel } from './WaitingPanel';

/** One job, whole: how far, how it came here, every attempt, its log, what went in and what came out. */
export function JobPage({ job }: { job: Job }) {
  const client = useQueryClient();
  const seen = attemptsSeen(job);
  const attempts = useQuery({
    ...attemptsQuery(job.id),
    // The only one is told by the job itself until it was read.
    placeholderData: job.attempt === 1 && seen.length > 0 ? seen : undefined,
  });
  const logs = useQuery({
    ...logsQuery(client, job.id),
    refetchInterval: job.state === 'running' ? 5_000 : false,
  });
  const artifacts = useQuery(artifactsQuery(job.id));
  return (
    <>
      <Panel className="px-4 py-4">
        <ProgressLine job={job} />
        <Story job={job} attempts={attempts.data ?? seen} />
      </Panel>
      <div className="grid grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)] items-start gap-4 max-lg:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-4">
          {job.finished_at === null && job.state !== 'running' && <WaitingPanel job={job} />}
          <Attempts job={job} query={attempts} />
          <Log query={logs} live={job.finished_at === null} name={`${job.task}-${job.id}.log`} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Retries job={job} attempts={attempts.data ?? []} />
          <DataPanel title="Params" value={job.params} empty="Submitted without params." />
          {job.state === 'succeeded' && (
            <DataPanel title="Result" value={job.result} empty="It returned nothing." />
          )}
          <Artifacts query={artifacts} />
          <Facts job={job} />
        </div>
      </div>
    </>
  );
}
