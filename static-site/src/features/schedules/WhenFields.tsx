import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { asProblem } from '@/shared/api/problem';
import { Setting } from '@/shared/form/Setting';
import { sentence } from '@/shared/format/format';
import { useSettled } from '@/shared/timing/useSettled';
import { Icon } from '@/shared/ui/Icon';
import { Skeleton } from '@/shared/ui/notices';
import { previewQuery } from './api';
import { NextRuns } from './NextRuns';

const TYPING_MILLISECONDS = 250;

const PRESETS: { label: string; cron: string }[] = [
  { label: 'Every 5 minutes', cron: '*/5 * * * *' },
  { label: 'Hourly', cron: '0 * * * *' },
  { label: 'Daily', cron: '0 3 * * *' },
  { label: 'Weekdays', cron: '0 9 * * 1-5' },
  { label: 'Weekly', cron: '0 3 * * 1' },
  { label: 'Monthly', cron: '0 3 1 * *' },
];

interface WhenFieldsProps {
  cron: string;
  timezone: string;
  onChange: (change: { cron?: string; timezone?: string }) => void;
  faults: ReadonlyMap<string, string[]>;
}

/** A cron expression and its time zone, and beside them what they come to, as it is typed. */
export function WhenFields({ cron, timezone, onChange, faults }: WhenFieldsProps) {
  const settled = useSettled(`${cron}\n${timezone}`, TYPING_MILLISECONDS);
  const [askedCron = '', askedZone = ''] = settled.split('\n');
  const preview = useQuery(previewQuery(askedCron.trim(), askedZone.trim()));
  const problem = preview.error ? asProblem(preview.error) : null;
  const found = (field: string): string[] | undefined => {
    const words = problem?.faults
      .filter(({ pointer }) => pointer.endsWith(field))
      .map(({ message }) => message);
    return faults.get(`/${field}`) ?? (words?.length ? words : undefined);
  };
  const zones = useId();
  return (
    <div className="grid grid-cols-2 gap-5 max-md:grid-cols-1">
      <div className="flex min-w-0 flex-col gap-4">
        <div>
          <Setting
            label="Cron"
            hint="Minute, hour, day of month, month, day of week"
            type="text"
            mono
            value={cron}
            onChange={(next) => onChange({ cron: next })}
            faults={found('cron')}
          />
          <div className="mt-2 flex flex-wrap gap-1.5" role="group" aria-label="Common times">
            {PRESETS.map((preset) => (
              <button
                key={preset.cron}
                type="button"
                aria-pressed={cron === preset.cron}
                className="min-h-6 rounded-full border border-line bg-panel px-2.5 text-2xs text-soft transition duration-(--quick) hover:border-line-2 hover:text-text aria-pressed:border-line-2 aria-pressed:bg-panel-3 aria-pressed:text-text"
                onClick={() => onChange({ cron: preset.cron })}
              >
                {preset.label}
              </button>
            ))}
          </div>
        </div>
        <Setting
          label="Time zone"
          hint="IANA name: its clocks count, also when they change"
          type="text"
          list={zones}
          value={timezone}
          onChange={(next) => onChange({ timezone: next })}
          faults={found('timezone')}
        />
        <datalist id={zones}>
          {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      <div
        className="min-w-0 rounded-md border border-line bg-panel px-4 py-3"
        role="status"
        aria-label="Preview"
        aria-busy={preview.isFetching}
      >
        {cron.trim() === '' ? (
          <p className="text-xs text-faint">
            Type an expression or choose a common time: its next runs show here.
          </p>
        ) : problem ? (
          <p className="flex items-start gap-2 text-xs text-soft">
            <Icon name="warning" size={14} className="mt-px text-retry" />
            <span>
              {problem.status === 0 ? problem.message : 'No preview until the expression is right.'}
            </span>
          </p>
        ) : preview.data ? (
          <div className={preview.isPlaceholderData ? 'opacity-60' : ''}>
            <p className="mb-3 font-[560]">{sentence(preview.data.cron_in_words)}</p>
            <NextRuns times={preview.data.next_runs} timezone={preview.data.timezone} />
          </div>
        ) : (
          <Skeleton rows={4} height={14} className="" />
        )}
      </div>
    </div>
  );
}
