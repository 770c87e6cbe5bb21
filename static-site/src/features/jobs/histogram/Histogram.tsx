import { useQuery } from '@tanstack/react-query';
import { useNow } from '@/shared/format/clock';
import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { FailedToLoad } from '@/shared/ui/notices';
import type { JobFilters } from '../filters';
import { histogramQuery, SPANS, spanFor, type Span, type Stack } from './api';
import { rangeOf, startOf, timesOf } from './brush';
import { HistogramTable } from './HistogramTable';
import { Plot } from './Plot';
import { momentWords } from './words';

const SPAN_OPTIONS = SPANS.map((value) => ({ value, label: value }));
const STACK_OPTIONS = [
  { value: 'state', label: 'State' },
  { value: 'priority', label: 'Priority' },
] as const;
const MINUTE = 60_000;

interface HistogramProps {
  filters: JobFilters;
  span: Span;
  by: Stack;
  onSpan: (span: Span) => void;
  onBy: (by: Stack) => void;
  onChange: (filters: JobFilters) => void;
}

/** When the jobs that match were created; a range of it is the time filter of the list. */
export function Histogram({ filters, span, by, onSpan, onBy, onChange }: HistogramProps) {
  const minute = Math.floor(useNow() / MINUTE) * MINUTE;
  const shown = spanFor(span, filters, minute);
  const { data, error, refetch } = useQuery(histogramQuery(filters, shown, by));
  const range = data ? rangeOf(data, filters) : null;
  const isNarrowed = Boolean(filters.created_after ?? filters.created_before);
  const clear = () => onChange({ ...filters, created_after: undefined, created_before: undefined });
  return (
    <section className="panel px-4 pt-2 pb-1.5 max-md:px-3" aria-label="Created over time">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h2 className="text-xs font-semibold">Created</h2>
        <span className="num min-w-0 truncate text-2xs text-faint max-sm:hidden">
          {data && range
            ? `${momentWords(startOf(data, range.first))} – ${range.end < data.points.length ? momentWords(startOf(data, range.end)) : 'now'}`
            : 'drag to choose a range'}
        </span>
        {data?.estimated && (
          <span
            className="text-2xs text-faint"
            title="Too many to count: what was created is known by the minute, its shares from a sample"
          >
            estimated
          </span>
        )}
        {data?.complete_from && (
          <span className="num text-2xs text-retry" title="What was created earlier was not all looked at">
            complete from {momentWords(data.complete_from)}
          </span>
        )}
        {isNarrowed && (
          <Button kind="quiet" icon="close" className="!min-h-6 !px-2 !py-0" onClick={clear}>
            All times
          </Button>
        )}
        <span className="ml-auto flex items-center gap-2">
          <span className="max-md:hidden">
            <Choice label="Stacked by" options={STACK_OPTIONS} value={by} onChange={onBy} />
          </span>
          <Choice label="Span" options={SPAN_OPTIONS} value={shown} onChange={onSpan} />
        </span>
      </header>
      {data ? (
        <>
          <Plot
            histogram={data}
            range={range}
            choose={(chosen) => onChange({ ...filters, ...timesOf(data, chosen) })}
            clear={clear}
          />
          <HistogramTable histogram={data} />
        </>
      ) : error ? (
        <div className="h-40">
          <FailedToLoad what="The histogram" error={error} retry={() => void refetch()} compact />
        </div>
      ) : (
        <div role="status" aria-label="Loading" className="shimmer mt-1.5 mb-5 h-14 max-md:h-10" />
      )}
    </section>
  );
}
