/** How states, outcomes and priorities look: one map each, made complete by the compiler. */
import type { JobState, Outcome, Priority } from '@/shared/api/types';
import type { IconName } from './Icon';

export interface Look {
  label: string;
  icon: IconName;
  /** A text colour class; the same hue stands for the same thing everywhere. */
  tone: string;
}

export const STATE_LOOK: Record<JobState, Look> = {
  scheduled: { label: 'Scheduled', icon: 'clock', tone: 'text-soft' },
  queued: { label: 'Queued', icon: 'queued', tone: 'text-soft' },
  running: { label: 'Running', icon: 'play', tone: 'text-run' },
  retrying: { label: 'Retrying', icon: 'retry', tone: 'text-retry' },
  succeeded: { label: 'Succeeded', icon: 'ok', tone: 'text-ok' },
  failed: { label: 'Failed', icon: 'fail', tone: 'text-fail' },
  cancelled: { label: 'Cancelled', icon: 'cancelled', tone: 'text-faint' },
};

export const OUTCOME_LOOK: Record<Outcome | 'running', Look> = {
  running: { label: 'Running', icon: 'play', tone: 'text-run' },
  succeeded: { label: 'Succeeded', icon: 'ok', tone: 'text-ok' },
  failed: { label: 'Failed', icon: 'fail', tone: 'text-fail' },
  timed_out: { label: 'Timed out', icon: 'clock', tone: 'text-fail' },
  cancelled: { label: 'Cancelled', icon: 'cancelled', tone: 'text-faint' },
  lost: { label: 'Lost', icon: 'lost', tone: 'text-fail' },
  interrupted: { label: 'Interrupted', icon: 'leave', tone: 'text-soft' },
};

export interface PriorityLook extends Look {
  /** The CSS variable behind the tone, for bars, charts and edges. */
  colour: string;
}

export const PRIORITY_LOOK: Record<Priority, PriorityLook> = {
  high: { label: 'High', icon: 'high', tone: 'text-high', colour: 'var(--high)' },
  medium: { label: 'Medium', icon: 'medium', tone: 'text-medium', colour: 'var(--medium)' },
  low: { label: 'Low', icon: 'low', tone: 'text-low', colour: 'var(--low)' },
};
