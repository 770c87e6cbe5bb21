/** How a schedule stands, in words for people. Pure. */
import type { ScheduleSummary } from '@/shared/api/types';
import type { Look } from '@/shared/ui/states';

export type Standing = 'active' | 'paused' | 'failing' | 'never';

/** What a person has done comes before what went wrong by itself. */
export function standingOf(schedule: ScheduleSummary): Standing {
  if (schedule.paused_at) return 'paused';
  if (schedule.last_error) return 'failing';
  return schedule.next_run_at ? 'active' : 'never';
}

export const STANDING_LOOK: Record<Standing, Look> = {
  active: { label: 'Active', icon: 'ok', tone: 'text-ok' },
  paused: { label: 'Paused', icon: 'pause', tone: 'text-soft' },
  failing: { label: 'Failing', icon: 'warning', tone: 'text-fail' },
  never: { label: 'Never due', icon: 'warning', tone: 'text-retry' },
};

type Words<T extends string> = Record<T, { label: string; about: string }>;

export const OVERLAP: Words<ScheduleSummary['overlap']> = {
  skip: { label: 'Skip', about: 'While its last job waits or runs, no other is made.' },
  queue: { label: 'Queue', about: 'Every run is queued, even while its last job waits or runs.' },
  cancel_running: {
    label: 'Cancel running',
    about: 'What still waits or runs is cancelled, and a new job is made.',
  },
};

export const CATCH_UP: Words<ScheduleSummary['catch_up']> = {
  none: { label: 'None', about: 'Runs that were missed during a downtime are left out.' },
  last: { label: 'Last', about: 'After a downtime, only the last missed run is made up for.' },
  all: { label: 'All', about: 'After a downtime, every missed run is made up for, up to the limit.' },
};
