/** The designed states of a view that has nothing to show: empty, failed, still loading. */
import type { ReactNode } from 'react';
import { asProblem } from '@/shared/api/problem';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';

interface NoticeProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: string;
  compact?: boolean;
  /** It is all there is on the page: its title is the page's. */
  whole?: boolean;
}

export function Notice({
  icon,
  title,
  children,
  action,
  tone = 'text-faint',
  compact = false,
  whole = false,
}: NoticeProps) {
  const Title = whole ? 'h1' : 'p';
  return (
    <div
      className={`flex h-full flex-col items-center justify-center gap-2 px-6 text-center ${compact ? 'py-6' : 'py-14'}`}
    >
      <span
        className={`flex size-9 items-center justify-center rounded-full border border-line bg-panel-2 ${tone}`}
      >
        <Icon name={icon} size={18} />
      </span>
      <Title className="font-semibold">{title}</Title>
      {children && <div className="max-w-[42ch] text-xs text-soft">{children}</div>}
      {action && <div className="mt-1">{action}</div>}
    </div>
  );
}

export function FailedToLoad({
  what,
  error,
  retry,
  compact,
}: {
  what: string;
  error: unknown;
  retry: () => void;
  compact?: boolean;
}) {
  const problem = asProblem(error);
  return (
    <div role="alert" className="h-full">
      <Notice
        icon="warning"
        tone="text-fail"
        title={`${what} could not be loaded`}
        compact={compact}
        action={
          <Button icon="retry" onClick={retry}>
            Try again
          </Button>
        }
      >
        {problem.detail || problem.title}
      </Notice>
    </div>
  );
}

/** Grey shapes of the size of what will stand there, so that nothing moves when it arrives. */
export function Skeleton({
  rows = 4,
  height = 20,
  className = 'p-4',
}: {
  rows?: number;
  height?: number;
  className?: string;
}) {
  return (
    <div className={`flex flex-col gap-3 ${className}`} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="shimmer" style={{ height, width: `${100 - ((row * 17) % 35)}%` }} />
      ))}
    </div>
  );
}
