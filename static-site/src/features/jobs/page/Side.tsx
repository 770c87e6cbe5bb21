import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Artifact, Job } from '@/shared/api/types';
import { bytes, exactTime, span } from '@/shared/format/format';
import { Fact } from '@/shared/ui/Fact';
import { Icon } from '@/shared/ui/Icon';
import { Spinner } from '@/shared/ui/Button';
import { FailedToLoad } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { Tag } from '@/shared/ui/Tag';
import { Ago } from '@/shared/ui/Time';
import { downloadArtifact } from '../api';

export function Artifacts({ query }: { query: UseQueryResult<Artifact[]> }) {
  const { data, error, refetch } = query;
  if (!data && error) {
    return (
      <Panel title="Artifacts">
        <FailedToLoad what="Artifacts" error={error} retry={() => void refetch()} compact />
      </Panel>
    );
  }
  if (!data || data.length === 0) return null;
  return (
    <Panel title="Artifacts" note={String(data.length)}>
      <ul className="divide-y divide-line">
        {data.map((artifact) => (
          <ArtifactRow key={`${artifact.attempt} ${artifact.name}`} artifact={artifact} />
        ))}
      </ul>
    </Panel>
  );
}

function ArtifactRow({ artifact }: { artifact: Artifact }) {
  const [busy, setBusy] = useState(false);
  return (
    <li>
      <button
        type="button"
        aria-label={`Download ${artifact.name}`}
        className="flex w-full items-center gap-3 px-4 py-2.5 text-left -outline-offset-2 transition duration-(--quick) hover:bg-panel-2"
        onClick={() => {
          setBusy(true);
          void downloadArtifact(artifact).finally(() => setBusy(false));
        }}
      >
        <Icon name="file" className="text-faint" />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-[540]">{artifact.name}</span>
          <span className="num block truncate text-2xs text-faint">
            {bytes(artifact.size_bytes)} · {artifact.media_type} · attempt {artifact.attempt}
          </span>
        </span>
        {busy ? <Spinner /> : <Icon name="download" className="text-soft" />}
      </button>
    </li>
  );
}

export function Facts({ job }: { job: Job }) {
  return (
    <Panel title="Facts">
      <dl className="num grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 px-4 py-3 text-xs">
        <Fact name="Created">
          <Ago time={job.created_at} />
          <span className="text-faint"> · {exactTime(job.created_at)}</span>
        </Fact>
        {job.created_by && <Fact name="By">{job.created_by}</Fact>}
        {job.source && (
          <Fact name="Source">
            <Link to="/jobs" search={{ source: job.source }} className="text-accent hover:underline">
              {job.source}
            </Link>
          </Fact>
        )}
        {job.schedule_id && (
          <Fact name="Schedule">
            <Link
              to="/schedules/$scheduleId"
              params={{ scheduleId: job.schedule_id }}
              className="text-accent hover:underline"
            >
              {job.source?.replace(/^schedule:/, '') ?? job.schedule_id}
            </Link>
          </Fact>
        )}
        <Fact name="Celery says">
          <span className="font-mono">{job.celery_state}</span>
        </Fact>
        <Fact name="Retries">at most {job.max_retries}</Fact>
        <Fact name="Time limit">{job.timeout_seconds === null ? 'none' : span(job.timeout_seconds)}</Fact>
        {job.worker && <Fact name="Worker">{job.worker}</Fact>}
        {job.batch_id && (
          <Fact name="Batch">
            <Link
              to="/jobs"
              search={{ batch_id: job.batch_id }}
              className="font-mono text-accent hover:underline"
            >
              {job.batch_id.slice(0, 8)}…
            </Link>
          </Fact>
        )}
        <KeyFact name="Unique key" value={job.unique_key} />
        <KeyFact name="Concurrency key" value={job.concurrency_key} />
        {job.held && <Fact name="Held">by a limit, until there is room</Fact>}
        {job.tags.length > 0 && (
          <Fact name="Tags">
            <span className="flex flex-wrap gap-1">
              {job.tags.map((tag) => (
                <Link key={tag} to="/jobs" search={{ tag }} className="rounded-full hover:brightness-125">
                  <Tag>{tag}</Tag>
                </Link>
              ))}
            </span>
          </Fact>
        )}
      </dl>
    </Panel>
  );
}

const KeyFact = ({ name, value }: { name: string; value: string | null }) =>
  value === null ? null : (
    <Fact name={name}>
      <Link to="/jobs" search={{ key: value }} className="wrap-anywhere text-accent hover:underline">
        {value}
      </Link>
    </Fact>
  );
