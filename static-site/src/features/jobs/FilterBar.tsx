import { Popover } from 'radix-ui';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { PRIORITIES } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { Key } from '@/shared/ui/Tag';
import { isFiltered, toggled, type JobFilters } from './filters';
import { hasQualifier, withQueryText } from './queryText';

const TYPING_MILLISECONDS = 250;

interface FilterBarProps {
  filters: JobFilters;
  taskNames: string[];
  onChange: (filters: JobFilters) => void;
}

export function FilterBar({ filters, taskNames, onChange }: FilterBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchField filters={filters} onChange={onChange} />
      <div
        role="group"
        aria-label="Priority"
        className="inline-flex overflow-hidden rounded-sm border border-line-2 bg-panel"
      >
        {PRIORITIES.map((priority) => {
          const look = PRIORITY_LOOK[priority];
          return (
            <button
              key={priority}
              type="button"
              aria-pressed={filters.priority?.includes(priority) ?? false}
              className="inline-flex min-h-8 items-center gap-1.5 px-2.5 text-xs text-soft transition duration-(--quick) -outline-offset-2 hover:text-text aria-pressed:bg-panel-3 aria-pressed:font-[540] aria-pressed:text-text"
              onClick={() => onChange({ ...filters, priority: toggled(filters.priority, priority) })}
            >
              <Icon name={look.icon} size={14} className={look.tone} />
              {look.label}
            </button>
          );
        })}
      </div>
      <TaskFilter filters={filters} taskNames={taskNames} onChange={onChange} />
      {filters.tag && (
        <Applied label={`Tag ${filters.tag}`} remove={() => onChange({ ...filters, tag: undefined })}>
          <Icon name="tag" size={13} className="text-faint" />
          {filters.tag}
        </Applied>
      )}
      {filters.batch_id && (
        <Applied label="Batch" remove={() => onChange({ ...filters, batch_id: undefined })}>
          batch {filters.batch_id.slice(0, 8)}
        </Applied>
      )}
      {filters.schedule_id && (
        <Applied label="Schedule" remove={() => onChange({ ...filters, schedule_id: undefined })}>
          <Icon name="schedules" size={13} className="text-faint" />
          of one schedule
        </Applied>
      )}
      {filters.fingerprint && (
        <Applied label="Error" remove={() => onChange({ ...filters, fingerprint: undefined })}>
          <Icon name="errors" size={13} className="text-faint" />
          of one error
        </Applied>
      )}
      {isFiltered(filters) && (
        <Button kind="quiet" icon="close" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </div>
  );
}

const Applied = ({ label, remove, children }: { label: string; remove: () => void; children: ReactNode }) => (
  <span className="inline-flex min-h-8 items-center gap-1.5 rounded-full border border-line-2 bg-panel-2 pr-1 pl-2.5 text-xs">
    {children}
    <button
      type="button"
      aria-label={`Remove filter: ${label}`}
      className="rounded-full p-1 text-faint hover:bg-panel-3 hover:text-text"
      onClick={remove}
    >
      <Icon name="close" size={12} />
    </button>
  </span>
);

function SearchField({ filters, onChange }: Omit<FilterBarProps, 'taskNames'>) {
  const [text, setText] = useState(filters.q ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [applied, setApplied] = useState(filters.q ?? '');
  // The address changed under the field: back button, a cleared filter.
  if ((filters.q ?? '') !== applied) {
    setApplied(filters.q ?? '');
    setText(filters.q ?? '');
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (value: string) => {
    clearTimeout(timer.current);
    const next = withQueryText(filters, value);
    setApplied(next.q ?? '');
    setText(next.q ?? '');
    onChange(next);
  };
  return (
    <div className="relative min-w-56 flex-1 max-sm:basis-full">
      <Icon name="search" className="absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
      <input
        type="search"
        aria-label="Filter jobs"
        aria-describedby="filter-hint"
        data-filter
        placeholder="Task, id, error, or tag:nightly"
        className="field !min-h-8 !py-1 !pr-9 !pl-8 text-xs [&::-webkit-search-cancel-button]:hidden"
        value={text}
        onChange={(event) => {
          const { value } = event.target;
          setText(value);
          clearTimeout(timer.current);
          if (!hasQualifier(value)) timer.current = setTimeout(() => apply(value), TYPING_MILLISECONDS);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply(text);
          if (event.key !== 'Escape') return;
          if (text) apply('');
          else event.currentTarget.blur();
        }}
      />
      <span
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 max-md:hidden"
        aria-hidden="true"
      >
        <Key>/</Key>
      </span>
      <span id="filter-hint" className="sr-only">
        Free text, or tag:, task:, priority: and state: followed by Enter
      </span>
    </div>
  );
}

function TaskFilter({ filters, taskNames, onChange }: FilterBarProps) {
  const chosen = filters.task ?? [];
  const names = [...new Set([...taskNames, ...chosen])].sort();
  const word = chosen.length === 0 ? 'Task' : chosen.length === 1 ? chosen[0] : `${chosen.length} tasks`;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button className={chosen.length > 0 ? 'border-accent' : ''}>
          <span className="max-w-44 truncate">{word}</span>
          <Icon name="down" size={12} className="text-faint" />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={6}
          aria-label="Tasks"
          className="popover appear z-40 max-h-80 min-w-52 overflow-auto p-1.5"
        >
          {names.length === 0 && (
            <p className="px-2 py-1.5 text-xs text-faint">No worker has named its tasks yet</p>
          )}
          {names.map((name) => (
            <label
              key={name}
              className="flex items-center gap-2.5 rounded-sm px-2 py-1.5 text-xs hover:bg-panel-2"
            >
              <input
                type="checkbox"
                className="accent-(--accent)"
                checked={chosen.includes(name)}
                onChange={() => onChange({ ...filters, task: toggled(filters.task, name) })}
              />
              {name}
            </label>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
