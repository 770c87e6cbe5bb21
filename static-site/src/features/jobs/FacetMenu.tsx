import { useQuery } from '@tanstack/react-query';
import type { JobFacets } from '@/shared/api/types';
import { countUpTo } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { Skeleton } from '@/shared/ui/notices';
import { Pop } from '@/shared/ui/Pop';
import { facetsQuery } from './api';
import type { JobFilters } from './filters';

interface FacetMenuProps {
  field: 'task' | 'source' | 'tag';
  label: string;
  plural: string;
  filters: JobFilters;
  chosen: string[];
  /** Values that exist whether or not a job has them. */
  known?: string[];
  toggle: (value: string) => void;
}

/** The values of one field among the jobs that match, with counts, as filters. */
export function FacetMenu(props: FacetMenuProps) {
  const { field, label, plural, chosen } = props;
  // A tag or a source is named beside the button already.
  const named = field === 'task' && chosen.length > 0;
  const word = !named ? label : chosen.length === 1 ? chosen[0] : `${chosen.length} ${plural.toLowerCase()}`;
  return (
    <Pop
      label={plural}
      place="below, from the start"
      className="max-h-80 max-w-80 min-w-52 p-1.5"
      trigger={(opens) => (
        <Button
          {...opens}
          className={chosen.length > 0 ? 'border-accent' : ''}
          aria-label={chosen.length > 0 ? `${label}: ${chosen.join(', ')}` : label}
        >
          <span className="max-w-44 truncate">{word}</span>
          <Icon name="down" size={12} className="text-faint" />
        </Button>
      )}
    >
      <Values {...props} />
    </Pop>
  );
}

function Values({ field, filters, chosen, known = [], toggle }: FacetMenuProps) {
  const { data } = useQuery(facetsQuery(filters));
  const facet = data?.[field];
  const values = valuesOf(facet, [...chosen, ...known]);
  return (
    <>
      {values.length === 0 &&
        (facet ? (
          <p className="px-2 py-1.5 text-xs text-faint">No job that matches has any</p>
        ) : (
          <Skeleton rows={4} height={16} className="p-2" />
        ))}
      {values.map(({ value, count }) => (
        <label
          key={value}
          className="flex items-center gap-2.5 rounded-sm px-2 py-1.5 text-xs hover:bg-panel-2"
        >
          <input
            type="checkbox"
            className="accent-(--accent)"
            checked={chosen.includes(value)}
            onChange={() => toggle(value)}
          />
          <span className="min-w-0 truncate" title={value}>
            {value}
          </span>
          {facet && <span className="num ml-auto pl-3 text-faint">{countUpTo(count, facet.counted_to)}</span>}
        </label>
      ))}
      {facet && !facet.complete && (
        <p className="px-2 pt-1.5 pb-1 text-2xs text-faint">
          {field === 'task'
            ? 'Not every job was looked at'
            : `Of the newest ${countUpTo(facet.counted_to, Infinity)} that match`}
        </p>
      )}
    </>
  );
}

function valuesOf(facet: JobFacets['task'] | undefined, more: string[]): { value: string; count: number }[] {
  const counted = facet?.values ?? [];
  const absent = [...new Set(more)].filter((one) => !counted.some(({ value }) => value === one)).sort();
  return [...counted, ...absent.map((value) => ({ value, count: 0 }))];
}
