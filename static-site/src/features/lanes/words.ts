/** What the lanes say in words. */
import { PRIORITIES, type Priority } from '@/shared/api/types';
import { plural, span, timeOfDay, timeOfDayMillis } from '@/shared/format/format';
import { OUTCOME_LOOK, PRIORITY_LOOK } from '@/shared/ui/states';
import type { Overtaking, Run, SlotLane } from './timeline';

const minutes = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** A moment as precisely as steps of the axis need it. */
export function timeLabel(time: number, step: number): string {
  if (step >= 60_000) return minutes.format(time);
  const moment = new Date(time).toISOString();
  return step >= 1_000 ? timeOfDay(moment) : timeOfDayMillis(moment);
}

/** A moment to the millisecond. */
export const preciseTime = (time: number): string => timeLabel(time, 1);

export const waited = (run: Run): string =>
  run.dueAt === null ? '–' : span(Math.max(0, run.start - run.dueAt) / 1000);

export const ran = (run: Run, now: number): string => span(((run.end ?? now) - run.start) / 1000);

/** `1 high job overtook 8 low ones`; nothing when nobody overtook anybody. */
export function overtakingWords({ overtakers, overtaken }: Overtaking): string | null {
  const first = only(overtakers);
  const last = only(overtaken);
  if (!total(overtakers) || !total(overtaken)) return null;
  const who = `${plural(total(overtakers), first ? `${first} job` : 'job')} overtook `;
  const ones = total(overtaken) === 1 ? 'one' : 'ones';
  return last ? `${who}${total(overtaken)} ${last} ${ones}` : `${who}${total(overtaken)} of lower priority`;
}

const total = (counts: Partial<Record<Priority, number>>): number =>
  PRIORITIES.reduce((sum, priority) => sum + (counts[priority] ?? 0), 0);

function only(counts: Partial<Record<Priority, number>>): Priority | null {
  const [first, ...others] = PRIORITIES.filter((priority) => counts[priority]);
  return first && others.length === 0 ? first : null;
}

/** A bar as it is read out. */
export const spoken = (lane: SlotLane, run: Run, now: number): string =>
  [
    `${run.task}, ${PRIORITY_LOOK[run.priority].label}, ${OUTCOME_LOOK[run.outcome ?? 'running'].label}`,
    `${lane.worker} slot ${lane.slot}`,
    `started ${preciseTime(run.start)}, ${run.end === null ? 'runs' : 'ran'} ${ran(run, now)}`,
  ].join('; ');
