import { useId } from 'react';
import type { Attempt, Job } from '@/shared/api/types';
import { useNow } from '@/shared/format/clock';
import { plural, span, ticking } from '@/shared/format/format';
import { Panel } from '@/shared/ui/Panel';
import { pausesOf, retriesUsed, type Pause } from './pauses';

const MOST_ARCS = 8;
const LEAST_WEIGHT = 0.6;

/** The back-off curve: an arc for each pause between two attempts, the higher the longer, and what is left of this one. */
export function Retries({ job, attempts }: { job: Job; attempts: Attempt[] }) {
  const now = useNow();
  const pauses = pausesOf(job, attempts, now);
  if (pauses.length === 0) return null;
  const shown = pauses.slice(-MOST_ARCS);
  const most = Math.max(...shown.map(({ seconds }) => seconds), 1);
  const left = Math.max(0, (Date.parse(job.run_at) - now) / 1000);
  const mayFollow = Math.max(0, job.max_retries - retriesUsed(attempts));
  return (
    <Panel title="Retries" note={plural(pauses.length, 'pause')}>
      <div className="px-4 pt-3 pb-4">
        <div role="img" aria-label={`Back-off curve: ${said(shown)}`} className="flex">
          {shown.length < pauses.length && <span className="pr-2 text-2xs text-faint">…</span>}
          {shown.map((pause) => (
            <Arc key={pause.after} pause={pause} height={pause.seconds / most} />
          ))}
          <i className="-ml-1 size-2 flex-none self-end rounded-full bg-idle" />
        </div>
        {job.state === 'retrying' && (
          <p className="num mt-3 text-xs text-soft">
            {left > 0 ? (
              <>
                Next try in <b className="font-[560] text-retry">{ticking(left)}</b>
              </>
            ) : (
              <b className="font-[560] text-retry">Due now</b>
            )}
            , then {mayFollow > 0 ? `at most ${plural(mayFollow, 'more retry', 'more retries')}` : 'none'}
          </p>
        )}
      </div>
    </Panel>
  );
}

const said = (pauses: Pause[]): string =>
  pauses.map(({ after, seconds }) => `${span(seconds)} after attempt ${after}`).join(', ');

const TOP = 8;
const FOOT = 98;

function Arc({ pause: { after, seconds, over }, height }: { pause: Pause; height: number }) {
  const clip = useId();
  // The curve rises to half of where its control point is.
  const curve = `M0,${FOOT} Q50,${FOOT - 2 * (FOOT - TOP) * Math.max(0.12, height)} 100,${FOOT}`;
  const line = { d: curve, fill: 'none', vectorEffect: 'non-scaling-stroke' } as const;
  return (
    <span
      className="num relative flex min-w-0 flex-col justify-end text-center"
      style={{ flexGrow: Math.max(LEAST_WEIGHT, Math.sqrt(seconds)), flexBasis: 0 }}
      title={`${span(seconds)} after attempt ${after}`}
    >
      <span className="truncate text-2xs text-soft">{span(seconds)}</span>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" className="h-12 w-full" aria-hidden="true">
        <clipPath id={clip}>
          <rect width={over * 100} height="100" />
        </clipPath>
        <path {...line} stroke="var(--line-2)" strokeWidth="1.5" strokeDasharray="3 3" />
        <path {...line} stroke="var(--retry)" strokeWidth="1.75" clipPath={`url(#${clip})`} />
      </svg>
      <i className="absolute -bottom-0.5 -left-1 size-2 rounded-full bg-fail" />
    </span>
  );
}
