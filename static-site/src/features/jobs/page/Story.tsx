import type { ReactNode } from 'react';
import type { Attempt, Job } from '@/shared/api/types';
import { useNow } from '@/shared/format/clock';
import { plural, span, ticking, timeOfDay, timeOfDayMillis } from '@/shared/format/format';
import { PRIORITY_LOOK, STATE_LOOK } from '@/shared/ui/states';
import { lifeSpans, totalsOf, type LifeSpan, type Totals } from './story';

/** The job's life in steps, and the same in true proportion as one bar. */
export function Story({ job, attempts }: { job: Job; attempts: Attempt[] }) {
  const now = useNow();
  const spans = lifeSpans(job, attempts, now);
  const totals = totalsOf(spans);
  return (
    <div>
      <ol className="num flex flex-wrap gap-y-4 max-sm:flex-col max-sm:gap-y-0" aria-label="Life of the job">
        <Step tone="text-idle" title="Submitted">
          <span title={job.created_at}>{timeOfDayMillis(job.created_at)}</span>
          {job.source ? ` · ${job.source}` : job.created_by ? ` · ${job.created_by}` : ''}
        </Step>
        {totals.delay > 0.05 && (
          <Step
            tone="text-idle"
            title={`${job.state === 'scheduled' ? 'Delayed' : 'Was delayed'} ${span(totals.delay)}`}
          >
            due{' '}
            {timeOfDay(
              job.state === 'scheduled'
                ? job.run_at
                : new Date(Date.parse(job.created_at) + totals.delay * 1000).toISOString(),
            )}
          </Step>
        )}
        {spans.some((one) => one.kind === 'wait') && (
          <Step
            tone={PRIORITY_LOOK[job.priority].tone}
            title={`${job.state === 'queued' ? 'Waiting' : 'Waited'} ${waitWord(job, totals)}`}
          >
            in {job.priority}
          </Step>
        )}
        {totals.failedRuns.length > 0 && (
          <Step tone="text-fail" title={`Failed ×${totals.failedRuns.length}`}>
            {listed(totals.failedRuns)}
          </Step>
        )}
        {totals.backoff > 0.05 && (
          <Step
            tone="text-retry"
            title={`${job.state === 'retrying' ? 'Backing off' : 'Backed off'} ${span(totals.backoff)}`}
          >
            {job.state === 'retrying'
              ? `next try in ${ticking((Date.parse(job.run_at) - now) / 1000)}`
              : listed(totals.backoffs)}
          </Step>
        )}
        <LastRun job={job} totals={totals} />
        <Ending job={job} />
      </ol>
      <Proportions spans={spans} job={job} />
    </div>
  );
}

const waitWord = (job: Job, totals: Totals): string =>
  job.state === 'queued' ? ticking(totals.wait) : span(totals.wait);

const listed = (spans: LifeSpan[]): string => {
  const shown = spans.slice(-3).map(({ seconds }) => span(seconds));
  return (spans.length > 3 ? '… ' : '') + shown.join(' · ');
};

function LastRun({ job, totals }: { job: Job; totals: Totals }) {
  const run = totals.lastRun;
  if (!run) return null;
  const running = job.state === 'running';
  const tone = running
    ? 'text-run'
    : run.outcome === 'succeeded'
      ? 'text-ok'
      : run.outcome === 'cancelled'
        ? 'text-faint'
        : 'text-fail';
  return (
    <Step tone={tone} title={running ? `Running ${ticking(run.seconds)}` : `Ran ${span(run.seconds)}`}>
      attempt {run.attempt} of {job.max_retries + 1}
      {job.worker && ` · ${job.worker}`}
    </Step>
  );
}

function Ending({ job }: { job: Job }) {
  const over = job.finished_at !== null;
  const look = STATE_LOOK[job.state];
  return (
    <Step tone={over ? look.tone : 'text-faint'} title={over ? look.label : 'Done'} faint={!over} last>
      {over && job.finished_at ? timeOfDayMillis(job.finished_at) : 'not yet'}
    </Step>
  );
}

interface StepProps {
  tone: string;
  title: string;
  children: ReactNode;
  faint?: boolean;
  last?: boolean;
}

const Step = ({ tone, title, children, faint, last }: StepProps) => (
  <li
    className={`relative min-w-32 flex-1 pt-6 pr-4 max-sm:pt-0 max-sm:pb-4 max-sm:pl-7 ${last ? 'max-sm:pb-0' : 'before:absolute before:top-[7px] before:right-1 before:left-5 before:border-t-2 before:border-line-2 max-sm:before:top-5 max-sm:before:right-auto max-sm:before:bottom-0 max-sm:before:left-[5px] max-sm:before:border-t-0 max-sm:before:border-l-2'}`}
  >
    <span
      className={`absolute top-[3px] left-[3px] size-2.5 rounded-full bg-current max-sm:left-px max-sm:top-1 ${tone}`}
    >
      <span className="absolute -inset-1 rounded-full bg-current opacity-20" />
    </span>
    <b className={`block font-[560] ${faint ? 'text-faint' : ''}`}>{title}</b>
    <span className="block truncate text-2xs text-faint">{children}</span>
  </li>
);

const WORD: Record<LifeSpan['kind'], string> = {
  delay: 'not due',
  wait: 'waiting',
  run: 'running',
  backoff: 'backing off',
};

function Proportions({ spans, job }: { spans: LifeSpan[]; job: Job }) {
  const total = spans.reduce((sum, one) => sum + one.seconds, 0);
  if (total <= 0 || spans.length < 2) return null;
  const said = spans.map((one) => `${WORD[one.kind]} ${span(one.seconds)}`).join(', ');
  return (
    <div
      role="img"
      aria-label={`In proportion: ${said}`}
      className="mt-4 flex h-2 gap-0.5 overflow-hidden rounded-full"
      title={`${plural(spans.length, 'span')} over ${span(total)}`}
    >
      {spans.map((one, index) => (
        <span
          key={index}
          className="min-w-[3px] rounded-[2px]"
          style={{ flexGrow: one.seconds / total, flexBasis: 0, background: colourOf(one, job) }}
          title={`${WORD[one.kind]} ${span(one.seconds)}`}
        />
      ))}
    </div>
  );
}

function colourOf(one: LifeSpan, job: Job): string {
  if (one.kind === 'delay') return 'var(--panel-3)';
  if (one.kind === 'backoff') return 'color-mix(in oklab, var(--retry) 55%, transparent)';
  if (one.kind === 'wait')
    return `color-mix(in oklab, ${PRIORITY_LOOK[job.priority].colour} 45%, transparent)`;
  if (!one.outcome) return 'var(--run)';
  if (one.outcome === 'succeeded') return 'var(--ok)';
  return one.outcome === 'cancelled' || one.outcome === 'interrupted' ? 'var(--idle)' : 'var(--fail)';
}
