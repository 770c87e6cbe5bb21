import type { Progress } from '@/shared/api/types';

/** How far a job says it is. Without a percentage the bar runs to and fro instead of lying. */
export function ProgressBar({
  progress,
  tone = 'bg-run',
  thin = false,
}: {
  progress: Progress | null;
  tone?: string;
  thin?: boolean;
}) {
  const percent = progress?.percent ?? null;
  const value = percent === null ? undefined : Math.round(Math.min(100, Math.max(0, percent)));
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      aria-valuetext={value === undefined ? 'Running' : undefined}
      className={`overflow-hidden rounded-full bg-panel-3 ${thin ? 'h-1' : 'h-2'}`}
    >
      <div
        className={`h-full rounded-full ${tone} ${value === undefined ? 'w-1/4 animate-pulse' : 'transition-[width] duration-(--calm)'}`}
        style={value === undefined ? undefined : { width: `${value}%` }}
      />
    </div>
  );
}
