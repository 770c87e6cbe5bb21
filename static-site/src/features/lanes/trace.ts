/** What is seen as a Chrome trace, which Perfetto and chrome://tracing open. Pure. */
import type { View } from './camera';
import { runsIn, type SlotLane, type Timeline } from './timeline';

interface Named {
  ph: 'M';
  name: 'process_name' | 'thread_name' | 'process_sort_index' | 'thread_sort_index';
  pid: number;
  tid: number;
  args: { name: string } | { sort_index: number };
}

interface Complete {
  ph: 'X';
  name: string;
  /** The priority: a trace viewer can filter by it. */
  cat: string;
  /** Microseconds of the epoch. */
  ts: number;
  dur: number;
  pid: number;
  tid: number;
  args: Record<string, string | number>;
}

export interface Trace {
  displayTimeUnit: 'ms';
  traceEvents: (Named | Complete)[];
}

/**
 * Threads are numbered over all processes, and no thread as a process is: Perfetto takes a number that comes again for
 * the same thread, and one that is its process's for the main thread.
 */
const THREADS_OF_ONE = 1_000;

/** A process for each worker, a thread for each slot, a complete event for each run; what runs still ends at `now`. */
export function traceOf(timeline: Timeline, view: View, now: number): Trace {
  const workers = [...new Set(timeline.lanes.map(({ workerId }) => workerId))];
  const pidOf = (workerId: string): number => workers.indexOf(workerId) + 1;
  const tidOf = ({ workerId, slot }: SlotLane): number => pidOf(workerId) * THREADS_OF_ONE + slot + 1;
  const names = timeline.lanes.flatMap((lane): Named[] => {
    const pid = pidOf(lane.workerId);
    const tid = tidOf(lane);
    return [
      { ph: 'M', name: 'process_name', pid, tid, args: { name: lane.worker } },
      { ph: 'M', name: 'process_sort_index', pid, tid, args: { sort_index: pid } },
      { ph: 'M', name: 'thread_name', pid, tid, args: { name: `slot ${lane.slot}` } },
      { ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: lane.slot } },
    ];
  });
  const runs = runsIn(timeline, view.start, view.end).map((run): Complete => {
    const ts = Math.round(run.start * 1000);
    return {
      ph: 'X',
      name: run.task,
      cat: run.priority,
      ts,
      dur: Math.max(0, Math.round((run.end ?? now) * 1000) - ts),
      pid: pidOf(run.lane.workerId),
      tid: tidOf(run.lane),
      args: {
        job_id: run.jobId,
        priority: run.priority,
        attempt: run.attempt,
        outcome: run.outcome ?? 'running',
        ...(run.dueAt === null ? {} : { waited_ms: Math.max(0, run.start - run.dueAt) }),
      },
    };
  });
  return { displayTimeUnit: 'ms', traceEvents: [...names, ...runs] };
}

export const traceName = (view: View): string =>
  `lanes-${new Date(view.start).toISOString().slice(0, 19).replaceAll(':', '')}.trace.json`;
