import type { ReactNode } from 'react';
import { PRIORITIES } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { Icon, type IconName } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { FacetMenu } from './FacetMenu';
import { FilterField } from './FilterField';
import { isFiltered, toggled, type JobFilters } from './filters';
import { momentWords } from './histogram/words';

interface FilterBarProps {
  filters: JobFilters;
  taskNames: string[];
  onChange: (filters: JobFilters) => void;
}

export function FilterBar({ filters, taskNames, onChange }: FilterBarProps) {
  const conditions = conditionsOf(filters);
  const single = (field: 'source' | 'tag') => (value: string) =>
    onChange({ ...filters, [field]: filters[field] === value ? undefined : value });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <FilterField
        filters={filters}
        taskNames={taskNames}
        onChange={onChange}
        removeLast={() => {
          const last = conditions.at(-1);
          if (last) onChange({ ...filters, ...last.without });
        }}
      />
      <div className="flex items-center gap-2 max-sm:-mx-1 max-sm:basis-full max-sm:overflow-x-auto max-sm:px-1 max-sm:py-0.5 max-sm:[scrollbar-width:none]">
        <div
          role="group"
          aria-label="Priority"
          className="inline-flex flex-none overflow-hidden rounded-sm border border-line-2 bg-panel"
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
        <FacetMenu
          field="task"
          label="Task"
          plural="Tasks"
          filters={filters}
          chosen={filters.task ?? []}
          known={taskNames}
          toggle={(name) => onChange({ ...filters, task: toggled(filters.task, name) })}
        />
        <FacetMenu
          field="tag"
          label="Tag"
          plural="Tags"
          filters={filters}
          chosen={filters.tag ? [filters.tag] : []}
          toggle={single('tag')}
        />
        <FacetMenu
          field="source"
          label="Source"
          plural="Sources"
          filters={filters}
          chosen={filters.source ? [filters.source] : []}
          toggle={single('source')}
        />
      </div>
      {conditions.map(({ label, words, icon, without }) => (
        <Applied key={label} label={label} remove={() => onChange({ ...filters, ...without })}>
          {icon && <Icon name={icon} size={13} className="text-faint" />}
          {words}
        </Applied>
      ))}
      {isFiltered(filters) && (
        <Button kind="quiet" icon="close" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </div>
  );
}

interface Condition {
  label: string;
  words: string;
  icon?: IconName;
  without: Partial<JobFilters>;
}

/** The conditions that no button beside the field shows by itself. */
function conditionsOf(filters: JobFilters): Condition[] {
  const made: Condition[] = [];
  const {
    tag,
    source,
    key,
    batch_id,
    schedule_id,
    fingerprint,
    created_after: after,
    created_before: before,
  } = filters;
  if (tag) made.push({ label: `Tag ${tag}`, words: tag, icon: 'tag', without: { tag: undefined } });
  if (source)
    made.push({ label: `Source ${source}`, words: source, icon: 'follow', without: { source: undefined } });
  if (key) made.push({ label: `Key ${key}`, words: `key ${key}`, without: { key: undefined } });
  if (batch_id)
    made.push({ label: 'Batch', words: `batch ${batch_id.slice(0, 8)}`, without: { batch_id: undefined } });
  if (schedule_id)
    made.push({
      label: 'Schedule',
      words: 'of one schedule',
      icon: 'schedules',
      without: { schedule_id: undefined },
    });
  if (fingerprint)
    made.push({
      label: 'Error',
      words: 'of one error',
      icon: 'errors',
      without: { fingerprint: undefined },
    });
  if (after || before)
    made.push({
      label: 'Created',
      words: [after && `from ${momentWords(after)}`, before && `to ${momentWords(before)}`]
        .filter(Boolean)
        .join(' '),
      icon: 'clock',
      without: { created_after: undefined, created_before: undefined },
    });
  return made;
}

const Applied = ({ label, remove, children }: { label: string; remove: () => void; children: ReactNode }) => (
  <span className="num inline-flex min-h-8 items-center gap-1.5 rounded-full border border-line-2 bg-panel-2 pr-1 pl-2.5 text-xs">
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
