import { timeInZone } from '@/shared/format/format';
import { Ago } from '@/shared/ui/Time';

/** When it is due next, by the clocks of its time zone. */
export function NextRuns({ times, timezone }: { times: string[]; timezone: string }) {
  return (
    <div>
      <p className="mb-1.5 text-2xs text-faint">Next runs, {timezone}</p>
      {times.length === 0 && <p className="text-xs text-soft">None: there is no such time any more.</p>}
      <ol
        className="num grid grid-cols-[auto_auto] justify-start gap-x-6 gap-y-1 text-xs"
        aria-label="Next runs"
      >
        {times.map((time) => (
          <li key={time} className="contents">
            <span className="font-[540] whitespace-nowrap">{timeInZone(time, timezone)}</span>
            <Ago time={time} className="text-faint" />
          </li>
        ))}
      </ol>
    </div>
  );
}
