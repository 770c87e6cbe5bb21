import { useEffect, useRef, useState } from 'react';
import type { ErrorPage } from '@/shared/api/types';
import { compactCount } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { Key } from '@/shared/ui/Tag';
import type { ErrorFilters } from './api';
import { STATUS_LOOK, STATUSES } from './standing';

const TYPING_MILLISECONDS = 250;
const PILL =
  'inline-flex min-h-8 flex-none items-center gap-1.5 rounded-full border px-3 text-xs whitespace-nowrap transition duration-(--quick) aria-pressed:border-line-2 aria-pressed:bg-panel-3 aria-pressed:text-text border-line bg-panel text-soft hover:border-line-2 hover:text-text';

interface ErrorsFilterProps {
  filters: ErrorFilters;
  /** How many groups there are of each status under the other filters. */
  counts: ErrorPage['counts'] | undefined;
  taskNames: string[];
  onChange: (filters: ErrorFilters) => void;
}

export function ErrorsFilter({ filters, counts, taskNames, onChange }: ErrorsFilterProps) {
  const tasks = [...new Set([...taskNames, ...(filters.task ? [filters.task] : [])])].sort();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div
        role="group"
        aria-label="Status"
        className="-mx-1 flex gap-2 overflow-x-auto px-1 py-1 [scrollbar-width:none]"
      >
        {STATUSES.map((status) => {
          const { label, icon, tone } = STATUS_LOOK[status];
          return (
            <button
              key={status}
              type="button"
              aria-pressed={filters.status === status}
              className={PILL}
              onClick={() => onChange({ ...filters, status })}
            >
              <Icon name={icon} size={14} className={tone} />
              {label}
              <span className="num min-w-4 text-right font-[540] text-text">
                {counts ? compactCount(counts[status]) : '–'}
              </span>
            </button>
          );
        })}
        <button
          type="button"
          aria-pressed={filters.status === undefined}
          className={PILL}
          onClick={() => onChange({ ...filters, status: undefined })}
        >
          All
        </button>
      </div>
      <TextField text={filters.q ?? ''} onChange={(q) => onChange({ ...filters, q: q || undefined })} />
      <select
        aria-label="Task"
        className="field !min-h-8 !w-auto max-w-56 !py-1 text-xs max-sm:!w-full max-sm:max-w-none"
        value={filters.task ?? ''}
        onChange={({ target }) => onChange({ ...filters, task: target.value || undefined })}
      >
        <option value="">All tasks</option>
        {tasks.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </div>
  );
}

function TextField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const [applied, setApplied] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The address changed under the field: the back button.
  if (text !== applied) {
    setApplied(text);
    setTyped(text);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (value: string) => {
    clearTimeout(timer.current);
    setApplied(value.trim());
    onChange(value.trim());
  };
  return (
    <div className="relative min-w-56 flex-1 max-sm:basis-full">
      <Icon name="search" className="absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
      <input
        type="search"
        aria-label="Filter errors"
        data-filter
        maxLength={200}
        placeholder="Type, message, task or function"
        className="field !min-h-8 !py-1 !pr-9 !pl-8 text-xs [&::-webkit-search-cancel-button]:hidden"
        value={typed}
        onChange={({ target: { value } }) => {
          setTyped(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => apply(value), TYPING_MILLISECONDS);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply(typed);
          if (event.key !== 'Escape') return;
          if (typed) {
            setTyped('');
            apply('');
          } else event.currentTarget.blur();
        }}
      />
      <span
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 max-md:hidden"
        aria-hidden="true"
      >
        <Key>/</Key>
      </span>
    </div>
  );
}
