/** What each slot ran when, as it is held: read once, then kept true by reading what came after. Pure. */
import type { Lanes, LaneRun, Outcome, Priority } from '@/shared/api/types';

export interface Run {
  /** Job and attempt: the same run keeps it when it ends. */
  key: string;
  jobId: string;
  task: string;
  priority: Priority;
  attempt: number;
  outcome: Outcome | null;
  /** In milliseconds of the epoch, with what is below a millisecond as a fraction. */
  dueAt: number | null;
  start: number;
  /** Null while it runs. */
  end: number | null;
}

export interface SlotLane {
  key: string;
  workerId: string;
  worker: string;
  slot: number;
  /** The earliest first. */
  runs: Run[];
}

export interface Timeline {
  from: number;
  readAt: number;
  /** Of what ended before this, something is left out; null when nothing is. */
  completeFrom: number | null;
  lanes: SlotLane[];
}

export const MOST_HELD = 12_000;

/** The server's microseconds too: many runs are shorter than a millisecond. */
export function instant(time: string): number {
  const below = /\.\d{3}(\d{1,3})/.exec(time)?.[1];
  return Date.parse(time) + (below ? Number(below.padEnd(3, '0')) / 1000 : 0);
}

const runFrom = (run: LaneRun): Run => ({
  key: `${run.job_id}:${run.attempt}`,
  jobId: run.job_id,
  task: run.task,
  priority: run.priority,
  attempt: run.attempt,
  outcome: run.outcome,
  dueAt: run.due_at === null ? null : instant(run.due_at),
  start: instant(run.started_at),
  end: run.finished_at === null ? null : instant(run.finished_at),
});

export const timelineFrom = (answer: Lanes): Timeline => ({
  from: instant(answer.from),
  readAt: instant(answer.read_at),
  completeFrom: answer.truncated ? instant(answer.complete_from) : null,
  lanes: answer.lanes.map((lane) => ({
    key: `${lane.worker_id}:${lane.slot}`,
    workerId: lane.worker_id,
    worker: lane.worker,
    slot: lane.slot,
    runs: lane.runs.map(runFrom),
  })),
});

export interface Merged {
  timeline: Timeline;
  /** A run that was going on is gone without an end: only reading all of it again tells what became of it. */
  isTorn: boolean;
}

/** What is held, with what an answer about its last moments says. */
export function withTail(held: Timeline, tail: Timeline): Merged {
  const news = new Map(tail.lanes.map((lane) => [lane.key, lane]));
  const known = new Set(held.lanes.map((lane) => lane.key));
  let isTorn = false;
  const renewed = held.lanes.map((lane) => {
    const heard = news.get(lane.key)?.runs ?? [];
    const keys = new Set(heard.map((run) => run.key));
    const kept = lane.runs.filter((run) => !keys.has(run.key));
    const ended = kept.filter((run) => run.end !== null);
    if (ended.length < kept.length) isTorn = true;
    return { ...lane, runs: [...ended, ...heard].sort(byStart) };
  });
  const lanes = [...renewed, ...tail.lanes.filter((lane) => !known.has(lane.key))].sort(byPlace);
  const completeFrom = later(held.completeFrom, tail.completeFrom);
  return {
    isTorn,
    timeline: withoutOldest({ from: held.from, readAt: tail.readAt, completeFrom, lanes }, MOST_HELD),
  };
}

/** At most so many runs: the oldest are let go, and it says since when all are there. */
export function withoutOldest(timeline: Timeline, most: number): Timeline {
  const ends = timeline.lanes.flatMap(({ runs }) => runs.map((run) => run.end ?? Infinity));
  if (ends.length <= most) return timeline;
  const cut = ends.sort((a, b) => b - a)[most] ?? 0;
  return {
    ...timeline,
    completeFrom: later(timeline.completeFrom, cut),
    lanes: timeline.lanes.map((lane) => ({
      ...lane,
      runs: lane.runs.filter((run) => (run.end ?? Infinity) > cut),
    })),
  };
}

const later = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);
const byStart = (a: Run, b: Run): number => a.start - b.start;
const byPlace = (a: SlotLane, b: SlotLane): number =>
  compare(a.worker, b.worker) || compare(a.workerId, b.workerId) || a.slot - b.slot;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface PlacedRun extends Run {
  lane: SlotLane;
}

/** The runs that a span shows, in the order in which they started. */
export const runsIn = (timeline: Timeline, start: number, end: number): PlacedRun[] =>
  timeline.lanes
    .flatMap((lane) =>
      lane.runs
        .filter((run) => run.start < end && (run.end ?? Infinity) >= start)
        .map((run) => ({ ...run, lane })),
    )
    .sort(byStart);

const RANK: Record<Priority, number> = { high: 0, medium: 1, low: 2 };

export interface Overtaking {
  /** How many started before one of a lower priority that had been due earlier, by priority. */
  overtakers: Partial<Record<Priority, number>>;
  overtaken: Partial<Record<Priority, number>>;
}

/** Who overtook whom among runs in the order of starting. Of those due at once the earlier made came first. */
export function overtaking(runs: Run[]): Overtaking {
  const told: Overtaking = { overtakers: {}, overtaken: {} };
  const placed = runs.filter((run) => run.dueAt !== null);
  const add = (counts: Partial<Record<Priority, number>>, { priority }: Run): void => {
    counts[priority] = (counts[priority] ?? 0) + 1;
  };
  // The latest due of each rank that has started so far; and from the other end, the earliest due still to start.
  const latest: (Run | undefined)[] = [undefined, undefined, undefined];
  for (const run of placed) {
    if (latest.some((other, rank) => other && rank < RANK[run.priority] && cameAfter(other, run)))
      add(told.overtaken, run);
    const rank = RANK[run.priority];
    const before = latest[rank];
    if (!before || cameAfter(run, before)) latest[rank] = run;
  }
  const earliest: (Run | undefined)[] = [undefined, undefined, undefined];
  for (const run of placed.reverse()) {
    if (earliest.some((other, rank) => other && rank > RANK[run.priority] && cameAfter(run, other)))
      add(told.overtakers, run);
    const rank = RANK[run.priority];
    const before = earliest[rank];
    if (!before || cameAfter(before, run)) earliest[rank] = run;
  }
  return told;
}

// Ids are made in the order of time.
const cameAfter = (one: Run, other: Run): boolean =>
  one.dueAt === other.dueAt ? one.jobId > other.jobId : (one.dueAt ?? 0) > (other.dueAt ?? 0);
