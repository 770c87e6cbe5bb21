import { useNow } from '@/shared/format/clock';
import { exactTime, relative } from '@/shared/format/format';

/** A time as distance from now, the exact one on hover. */
export function Ago({ time, className = '' }: { time: string; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={exactTime(time)} className={`num whitespace-nowrap ${className}`}>
      {relative(time, now)}
    </time>
  );
}
