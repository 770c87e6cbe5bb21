/** How a group stands and what may be done to it, in words, colours and icons. */
import type { ErrorAction, ErrorGroup, ErrorStatus } from '@/shared/api/types';
import type { IconName } from '@/shared/ui/Icon';

interface Look {
  label: string;
  icon: IconName;
  tone: string;
}

export const STATUS_LOOK: Record<ErrorStatus, Look> = {
  open: { label: 'Open', icon: 'errors', tone: 'text-fail' },
  resolved: { label: 'Resolved', icon: 'ok', tone: 'text-ok' },
  ignored: { label: 'Ignored', icon: 'minus', tone: 'text-faint' },
};

export const STATUSES = ['open', 'resolved', 'ignored'] as const satisfies readonly ErrorStatus[];

const REGRESSED: Look = { label: 'Open again', icon: 'retry', tone: 'text-fail' };

export const lookOf = ({ status, regressed_at }: ErrorGroup): Look =>
  regressed_at ? REGRESSED : STATUS_LOOK[status];

export const ACT_WORDS: Record<ErrorAction, { label: string; done: string; icon: IconName }> = {
  resolve: { label: 'Resolve', done: 'Resolved', icon: 'check' },
  ignore: { label: 'Ignore', done: 'Ignored', icon: 'minus' },
  reopen: { label: 'Reopen', done: 'Reopened', icon: 'errors' },
};
