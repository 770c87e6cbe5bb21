import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { JobSummary } from '@/shared/api/types';
import { span } from '@/shared/format/format';
import { IconButton } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { Skeleton } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { PRIORITY_LOOK, STATE_LOOK } from '@/shared/ui/states';
import { DEMO_TAG } from './demo';
import { useJobList } from './useJobList';

/** The jobs of one demo in the order they were submitted, each with its place in the order of starting. */
export function PriorityDemo({ batchId, close }: { batchId: string; close: () => void }) {
  const filters = useMemo(() => ({ batch_id: batchId }), [batchId]);
  const { rows } = useJobList(filters, true);
  const jobs = rows ? [...rows].reverse() : [];
  const started = jobs
    .filter((job) => job.started_at)
    .sort((a, b) => ((a.started_at ?? '') < (b.started_at ?? '') ? -1 : 1));
  const high = jobs.find((job) => job.priority === 'high');
  const overtaken = high?.started_at
    ? jobs.filter(
        (job) => job.priority === 'low' && (!job.started_at || job.started_at > (high.started_at ?? '')),
      ).length
    : null;
  return (
    <Panel
      title="Priority demo"
      note={verdict(jobs, high, overtaken)}
      className="appear"
      actions={
        <>
          <Link to="/lanes" className="rounded-sm text-xs text-accent hover:underline">
            Watch in Lanes
          </Link>
          <Link
            to="/jobs"
            search={{ tag: DEMO_TAG }}
            className="rounded-sm text-xs text-accent hover:underline"
          >
            Show in Jobs
          </Link>
          <IconButton icon="close" label="Close the demo" onClick={close} />
        </>
      }
    >
      {jobs.length === 0 ? (
        <Skeleton rows={1} height={54} />
      ) : (
        <ol
          className="grid grid-cols-11 gap-2 p-4 max-lg:grid-cols-6 max-sm:grid-cols-4"
          aria-label="Jobs in the order they were submitted"
        >
          {jobs.map((job) => (
            <DemoJob key={job.id} job={job} place={started.indexOf(job) + 1} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function verdict(jobs: JobSummary[], high: JobSummary | undefined, overtaken: number | null): string {
  if (!high) return 'submitting';
  if (overtaken === null)
    return `${jobs.length - 1} low jobs, then one high: it starts as soon as a slot is free`;
  return `the high job was submitted last, waited ${span(high.wait_seconds)} and overtook ${overtaken} low ones`;
}

function DemoJob({ job, place }: { job: JobSummary; place: number }) {
  const priority = PRIORITY_LOOK[job.priority];
  const state = STATE_LOOK[job.state];
  const strength = job.state === 'running' ? 34 : job.state === 'queued' ? 5 : 16;
  return (
    <li>
      <Link
        to="/jobs/$jobId"
        params={{ jobId: job.id }}
        aria-label={`${priority.label} job, ${state.label}${place ? `, started as number ${place}` : ''}`}
        className="flex flex-col gap-1.5 rounded-md border px-2.5 py-2 transition duration-(--calm) hover:brightness-115"
        style={{
          borderColor: `color-mix(in oklab, ${priority.colour} ${job.priority === 'high' ? 80 : 30}%, transparent)`,
          background: `color-mix(in oklab, ${priority.colour} ${strength}%, transparent)`,
        }}
      >
        <span className="flex items-center justify-between">
          <Icon name={priority.icon} size={14} className={priority.tone} />
          <Icon name={state.icon} size={14} className={state.tone} />
        </span>
        <span className="num text-xs font-[560]">
          {place ? `${ordinal(place)}` : <span className="font-normal text-faint">waits</span>}
        </span>
      </Link>
    </li>
  );
}

const plurals = new Intl.PluralRules('en', { type: 'ordinal' });
const SUFFIX: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinal = (place: number): string => `${place}${SUFFIX[plurals.select(place)] ?? 'th'}`;
