import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Attempt, Job, JobError } from '@/shared/api/types';
import { useNow } from '@/shared/format/clock';
import { exactTime, span, ticking, timeOfDay } from '@/shared/format/format';
import { CopyButton } from '@/shared/ui/CopyButton';
import { OutcomeBadge } from '@/shared/ui/labels';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Icon } from '@/shared/ui/Icon';
import { Panel } from '@/shared/ui/Panel';
import { Difference, LikenessTag } from './Difference';

export function Attempts({ job, query }: { job: Job; query: UseQueryResult<Attempt[]> }) {
  const { data, error, refetch } = query;
  return (
    <Panel title="Attempts" note={`${job.attempt} of ${job.max_retries + 1}`}>
      {!data && error ? (
        <>
          {job.error && <ErrorBox error={job.error} className="m-4" />}
          <FailedToLoad what="Attempts" error={error} retry={() => void refetch()} compact />
        </>
      ) : !data ? (
        <Skeleton rows={2} />
      ) : data.length === 0 ? (
        <Notice icon="queued" title="Not tried yet" compact>
          {job.state === 'scheduled'
            ? 'It is queued when it is due.'
            : job.finished_at
              ? 'It ended before a slot took it.'
              : 'A slot takes it as soon as one is free.'}
        </Notice>
      ) : (
        <ol className="divide-y divide-line" aria-label="Attempts">
          {[...data].reverse().map((attempt, index, all) => (
            <AttemptRow
              key={attempt.attempt}
              attempt={attempt}
              before={all[index + 1]}
              job={job}
              latest={index === 0}
            />
          ))}
        </ol>
      )}
    </Panel>
  );
}

interface AttemptRowProps {
  attempt: Attempt;
  /** The one that came before it. */
  before: Attempt | undefined;
  job: Job;
  latest: boolean;
}

function AttemptRow({ attempt, before, job, latest }: AttemptRowProps) {
  const waitsForRetry = latest && job.state === 'retrying';
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="num w-4 text-faint">{attempt.attempt}</span>
        <OutcomeBadge outcome={attempt.outcome} />
        {attempt.error && <ErrorType type={attempt.error.type} fingerprint={attempt.fingerprint} />}
        {before && <LikenessTag before={before} after={attempt} />}
        <span className="num text-xs text-faint">
          {attempt.started_at && (
            <time title={exactTime(attempt.started_at)}>{timeOfDay(attempt.started_at)}</time>
          )}
          <RunTime attempt={attempt} />
          {attempt.worker && ` · ${attempt.worker}`}
        </span>
        {attempt.retry_at && (
          <span className="num ml-auto inline-flex items-center gap-1.5 text-xs text-soft">
            <Icon name="retry" size={13} className={waitsForRetry ? 'text-retry' : 'text-faint'} />
            {waitsForRetry ? <Countdown to={job.run_at} /> : `tried again after ${span(backoffOf(attempt))}`}
          </span>
        )}
      </div>
      {attempt.error && <ErrorBox error={attempt.error} className="mt-2.5" />}
      {before && <Difference before={before} after={attempt} />}
    </li>
  );
}

const ErrorType = ({ type, fingerprint }: { type: string; fingerprint: string | null }) =>
  fingerprint ? (
    <Link
      to="/errors/$fingerprint"
      params={{ fingerprint }}
      title="All errors like this"
      className="inline-flex items-center gap-1.5 rounded-sm font-[560] hover:underline"
    >
      {type}
      <Icon name="errors" size={13} className="text-faint" />
    </Link>
  ) : (
    <b className="font-[560]">{type}</b>
  );

const backoffOf = ({ retry_at, finished_at }: Attempt): number | null =>
  retry_at && finished_at ? (Date.parse(retry_at) - Date.parse(finished_at)) / 1000 : null;

function Countdown({ to }: { to: string }) {
  const now = useNow();
  const left = (Date.parse(to) - now) / 1000;
  return (
    <span className="font-[540] text-retry">{left > 0 ? `next try in ${ticking(left)}` : 'due now'}</span>
  );
}

function RunTime({ attempt }: { attempt: Attempt }) {
  const now = useNow();
  if (attempt.run_seconds !== null) return ` · ${span(attempt.run_seconds)}`;
  return attempt.started_at && !attempt.finished_at
    ? ` · ${ticking((now - Date.parse(attempt.started_at)) / 1000)} so far`
    : null;
}

export function ErrorBox({ error, className = '' }: { error: JobError; className?: string }) {
  return (
    <div
      className={`rounded-md border px-3 py-2.5 ${className}`}
      style={{
        borderColor: 'color-mix(in oklab, var(--fail) 35%, transparent)',
        background: 'color-mix(in oklab, var(--fail) 9%, transparent)',
      }}
    >
      <p className="wrap-anywhere">
        <span className="sr-only">{error.type}: </span>
        {error.message || error.type}
      </p>
      {error.traceback && (
        <details className="group mt-1.5">
          <summary className="inline-flex list-none items-center gap-1 rounded-sm text-xs text-soft hover:text-text [&::-webkit-details-marker]:hidden">
            <Icon name="chevron" size={12} className="transition-transform group-open:rotate-90" />
            Traceback
          </summary>
          <div className="relative mt-1.5">
            <pre className="max-h-96 overflow-auto font-mono text-xs leading-[1.55] text-soft" tabIndex={0}>
              {error.traceback}
            </pre>
            <span className="absolute -top-8 right-0">
              <CopyButton text={error.traceback} label="Copy traceback" />
            </span>
          </div>
        </details>
      )}
    </div>
  );
}
