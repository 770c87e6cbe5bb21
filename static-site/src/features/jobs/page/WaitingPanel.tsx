import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PRIORITIES, type Job, type Waiting } from '@/shared/api/types';
import { useNow } from '@/shared/format/clock';
import { countUpTo, exactTime, sentence, ticking } from '@/shared/format/format';
import { Icon, type IconName } from '@/shared/ui/Icon';
import { FailedToLoad, Skeleton } from '@/shared/ui/notices';
import { Panel } from '@/shared/ui/Panel';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { waitingQuery } from '../api';

const SIGN: Record<Waiting['reason'], { icon: IconName; tone: string }> = {
  ahead: { icon: 'queued', tone: 'text-soft' },
  paused: { icon: 'pause', tone: 'text-retry' },
  no_worker: { icon: 'warning', tone: 'text-fail' },
  limit: { icon: 'filter', tone: 'text-retry' },
  due_later: { icon: 'clock', tone: 'text-soft' },
  starting: { icon: 'play', tone: 'text-run' },
};

/** Why a job has not started, its place, and when it may. */
export function WaitingPanel({ job }: { job: Job }) {
  const { data, error, refetch } = useQuery(waitingQuery(job.id));
  if (data === null) return null;
  return (
    <Panel title="Why is it waiting?">
      {data ? (
        <Reasons waiting={data} />
      ) : error ? (
        <FailedToLoad what="The reason" error={error} retry={() => void refetch()} compact />
      ) : (
        <Skeleton rows={3} />
      )}
    </Panel>
  );
}

function Reasons({ waiting }: { waiting: Waiting }) {
  const sign = SIGN[waiting.reason];
  return (
    <div className="px-4 py-3">
      <p className="flex items-start gap-2.5">
        <Icon name={sign.icon} className={`mt-0.5 ${sign.tone}`} />
        <span className="text-base leading-snug font-[580] wrap-anywhere">{sentence(waiting.detail)}</span>
        <Remedy reason={waiting.reason} />
      </p>
      <dl className="num mt-3.5 grid grid-cols-[auto_minmax(0,1fr)_auto_auto] gap-x-8 gap-y-3 max-sm:grid-cols-2">
        <Measure name="Starts">
          <Estimate at={waiting.estimated_start_at} />
        </Measure>
        <Measure name="Ahead">
          <span className="flex flex-wrap gap-x-4 gap-y-1">
            {PRIORITIES.map((priority) => {
              const look = PRIORITY_LOOK[priority];
              const amount = waiting.ahead[priority];
              return (
                <span
                  key={priority}
                  className={`inline-flex items-center gap-1 ${amount > 0 ? '' : 'text-faint'}`}
                >
                  <Icon name={look.icon} size={13} className={look.tone} />
                  {countUpTo(amount, waiting.counted_to)}
                  <span className="text-xs font-normal text-faint">{priority}</span>
                </span>
              );
            })}
          </span>
        </Measure>
        <Measure name="Position">
          {waiting.position === null ? '–' : countUpTo(waiting.position, waiting.counted_to)}
        </Measure>
        <Measure name="Slots busy">
          {waiting.slots.busy} of {waiting.slots.total}
        </Measure>
      </dl>
      <p className="mt-2.5 text-xs text-faint">{basisWords(waiting)}</p>
    </div>
  );
}

const basisWords = ({ basis, estimated_start_at: at }: Waiting): string =>
  at === null ? `${sentence(basis)}.` : `Estimated from ${basis}.`;

/** What a person can do about it, where there is something. */
function Remedy({ reason }: { reason: Waiting['reason'] }) {
  if (reason === 'paused')
    return (
      <RemedyLink>
        <Link to="/queues" search={{ range: undefined }}>
          Queues
        </Link>
      </RemedyLink>
    );
  if (reason === 'no_worker')
    return (
      <RemedyLink>
        <Link to="/workers">Workers</Link>
      </RemedyLink>
    );
  return null;
}

const RemedyLink = ({ children }: { children: ReactNode }) => (
  <span className="mt-0.5 ml-auto text-xs text-accent *:rounded-sm *:hover:underline">{children}</span>
);

function Estimate({ at }: { at: string | null }) {
  const now = useNow();
  if (at === null) return <span className="text-faint">no estimate</span>;
  const left = (Date.parse(at) - now) / 1000;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {left < 1 ? 'any moment' : `in ${ticking(left)}`}
    </time>
  );
}

const Measure = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-2xs text-faint">{name}</dt>
    <dd className="font-[540]">{children}</dd>
  </div>
);
