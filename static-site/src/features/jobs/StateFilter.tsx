import { useQuery } from '@tanstack/react-query';
import { JOB_STATES, type JobState } from '@/shared/api/types';
import { compactCount, countUpTo } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { STATE_LOOK } from '@/shared/ui/states';
import { jobCountsQuery } from './api';
import { toggled, type JobFilters } from './filters';

const PILL =
  'inline-flex min-h-8 flex-none items-center gap-1.5 rounded-full border px-3 text-xs whitespace-nowrap transition duration-(--quick) aria-pressed:border-line-2 aria-pressed:bg-panel-3 aria-pressed:text-text border-line bg-panel text-soft hover:border-line-2 hover:text-text';

interface StateFilterProps {
  filters: JobFilters;
  onChange: (filters: JobFilters) => void;
}

/** The states as badges with their counts, which are the filter at the same time. */
export function StateFilter({ filters, onChange }: StateFilterProps) {
  const { data } = useQuery(jobCountsQuery(filters));
  const chosen = filters.state ?? [];
  return (
    <div
      role="group"
      aria-label="State"
      className="-mx-1 flex gap-2 overflow-x-auto px-1 py-1 [scrollbar-width:none]"
    >
      <button
        type="button"
        aria-pressed={chosen.length === 0}
        className={PILL}
        onClick={() => onChange({ ...filters, state: [] })}
      >
        All
      </button>
      {JOB_STATES.map((state: JobState) => {
        const look = STATE_LOOK[state];
        const amount = data?.counts[state];
        return (
          <button
            key={state}
            type="button"
            aria-pressed={chosen.includes(state)}
            className={PILL}
            onClick={() => onChange({ ...filters, state: toggled(filters.state, state) })}
          >
            <Icon name={look.icon} size={14} className={look.tone} />
            {look.label}
            <span
              className="num min-w-4 text-right font-[540] text-text"
              title={data && amount !== undefined ? countUpTo(amount, data.counted_to) : undefined}
            >
              {data
                ? amount !== undefined && amount >= data.counted_to
                  ? countUpTo(amount, data.counted_to)
                  : compactCount(amount ?? 0)
                : '–'}
            </span>
          </button>
        );
      })}
    </div>
  );
}
