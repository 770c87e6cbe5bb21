import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { PRIORITIES } from '@/shared/api/types';
import { useNow } from '@/shared/format/clock';
import { bytes, plural, ticking } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import type { WatchedWorker } from './api';
import { ResizeDialog, StopQuestion } from './orders';
import { standingOf } from './standing';

type WatchedSlot = WatchedWorker['slots'][number];

export function WorkerCard({ worker }: { worker: WatchedWorker }) {
  const age = Math.max(0, useNow() - worker.beat_at) / 1000;
  const standing = standingOf(worker, age);
  const busy = worker.slots.filter(({ job }) => job).length;
  const gone = worker.state !== 'online';
  return (
    <section className="panel min-w-0" aria-label={`Worker ${worker.name}, process ${worker.pid}`}>
      <header className="px-4 pt-3 pb-3">
        <div className="flex min-w-0 items-center gap-2">
          <span className={`size-2 flex-none rounded-full ${standing.dot}`} aria-hidden="true" />
          <h2 className="min-w-0 truncate text-base font-semibold">{worker.name}</h2>
          <span className={`text-xs font-[540] ${standing.tone}`}>{standing.word}</span>
          {!gone && (
            <span className="num ml-auto text-xs whitespace-nowrap text-soft">
              {busy} of {worker.slots.length} busy
            </span>
          )}
        </div>
        <p className="num mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-faint">
          <span>
            {worker.host}, process {worker.pid}
          </span>
          <span>heartbeat {ticking(age)} ago</span>
          <Queues queues={worker.queues} />
        </p>
      </header>
      {!gone && (
        <ol className="divide-y divide-line border-y border-line" aria-label={`Slots of ${worker.name}`}>
          {worker.slots.map((slot) => (
            <SlotRow key={slot.slot} {...slot} />
          ))}
        </ol>
      )}
      {!gone && <Orders worker={worker} />}
    </section>
  );
}

/** Served are named only when they are not all. */
function Queues({ queues }: { queues: string[] }) {
  if (queues.length === PRIORITIES.length) return <span>all queues</span>;
  return (
    <span className="inline-flex items-center gap-2">
      only
      {PRIORITIES.filter((priority) => queues.includes(priority)).map((priority) => (
        <span key={priority} className={`inline-flex items-center gap-1 ${PRIORITY_LOOK[priority].tone}`}>
          <Icon name={PRIORITY_LOOK[priority].icon} size={12} />
          {priority}
        </span>
      ))}
    </span>
  );
}

function SlotRow({ slot, job, memory_bytes }: WatchedSlot) {
  const now = useNow();
  const look = job && PRIORITY_LOOK[job.priority];
  return (
    <li className="num relative flex h-10 items-center gap-3 px-4 transition duration-(--quick) hover:bg-panel-2">
      <span
        className="absolute inset-y-1.5 left-0 w-[3px] rounded-r-full"
        style={{ background: look ? look.colour : 'transparent' }}
        aria-hidden="true"
      />
      <span className="w-5 flex-none text-xs text-faint" aria-label={`Slot ${slot}`}>
        {slot}
      </span>
      {job && look ? (
        <>
          <Icon name={look.icon} size={14} className={look.tone} />
          <span className="sr-only">{look.label}</span>
          <Link
            to="/jobs/$jobId"
            params={{ jobId: job.id }}
            data-row
            className="min-w-0 truncate font-[540] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {job.task}
          </Link>
          <span className="ml-auto text-xs whitespace-nowrap text-run">
            {ticking((now - Date.parse(job.started_at)) / 1000)}
          </span>
        </>
      ) : (
        <span className="mr-auto text-faint">free</span>
      )}
      <span
        className="w-16 flex-none text-right text-xs whitespace-nowrap text-faint"
        title="Memory its process held at the last heartbeat"
      >
        {bytes(memory_bytes)}
      </span>
    </li>
  );
}

function Orders({ worker }: { worker: WatchedWorker }) {
  const [asking, setAsking] = useState<'stop' | 'resize' | null>(null);
  const stopping = worker.stop_requested_at !== null;
  const wanted = worker.wanted_slots;
  const close = () => setAsking(null);
  return (
    <footer className="flex min-h-12 flex-wrap items-center gap-2.5 px-4 py-2">
      <span className="num text-xs text-soft" role="status">
        {stopping
          ? 'Stops when its running jobs end, or after the grace period'
          : wanted !== null && wanted !== worker.slots.length
            ? `Goes to ${plural(wanted, 'slot')}`
            : null}
      </span>
      {!stopping && (
        <span className="ml-auto flex gap-2.5">
          <Button icon="resize" onClick={() => setAsking('resize')}>
            Resize
          </Button>
          <Button kind="danger" icon="stop" onClick={() => setAsking('stop')}>
            Stop
          </Button>
        </span>
      )}
      {asking === 'stop' && <StopQuestion worker={worker} close={close} />}
      {asking === 'resize' && <ResizeDialog worker={worker} close={close} />}
    </footer>
  );
}
