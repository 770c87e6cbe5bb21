import type { Job } from '@/shared/api/types';
import { useNow } from '@/shared/format/clock';
import { count, decimal, ticking } from '@/shared/format/format';
import { ProgressBar } from '@/shared/ui/ProgressBar';
import { secondsLeft } from './story';

const TONE: Partial<Record<Job['state'], string>> = {
  succeeded: 'bg-ok',
  failed: 'bg-fail',
  cancelled: 'bg-idle',
  retrying: 'bg-retry',
};

/** What the task itself says about how far it is. */
export function ProgressLine({ job }: { job: Job }) {
  const now = useNow();
  const { progress } = job;
  if (!progress && job.state !== 'running') return null;
  const running = job.state === 'running' && job.started_at !== null;
  const pace =
    running && progress
      ? secondsLeft(progress.done, progress.total, (now - Date.parse(job.started_at ?? '')) / 1000)
      : null;
  const facts = progress
    ? [
        progress.total === null
          ? progress.done > 0
            ? count(progress.done)
            : null
          : `${count(progress.done)} of ${count(progress.total)}`,
        pace && `${decimal(pace.rate)}/s`,
        pace && `about ${ticking(pace.left)} left`,
      ].filter(Boolean)
    : [];
  return (
    <div className="mb-6">
      <div className="mb-2.5 flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <b className="min-w-0 font-[580] wrap-anywhere">
          {progress?.message ?? (running ? 'Running' : 'Progress')}
        </b>
        <span className="num ml-auto flex items-baseline gap-4 text-soft">
          <span>{facts.join(' · ')}</span>
          {progress?.percent !== null && progress?.percent !== undefined && (
            <b className="font-[620] whitespace-nowrap text-text">{Math.round(progress.percent)} %</b>
          )}
        </span>
      </div>
      <ProgressBar progress={progress} tone={TONE[job.state]} />
    </div>
  );
}
