import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JobSummary } from '@/shared/api/types';
import { countUpTo } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { FailedToLoad } from '@/shared/ui/notices';
import { useMediaQuery } from '@/shared/ui/useMediaQuery';
import { Checkbox } from '@/shared/ui/Checkbox';
import { allClicked, clicked, holds, isEmpty, NOTHING, type Selection } from './bulk/selection';
import { SelectionBar } from './bulk/SelectionBar';
import { columns, features, layoutOf } from './columns';
import { isFiltered, type JobFilters } from './filters';
import { Foot, LoadingRows, NoJobs } from './JobsTableStates';
import { JobRow, type RowActs } from './JobRow';
import { MOST_ARRIVALS } from './list';
import { useJobList } from './useJobList';

const ROW = 42;
const NARROW_ROW = 60;
const NEAR_TOP = 8;
const LOAD_AHEAD_ROWS = 60;
const NO_ROWS: JobSummary[] = [];

interface JobsTableProps {
  filters: JobFilters;
  clearFilters: () => void;
  /** An act on the selected jobs was started. */
  onBulkStarted: (bulkId: string) => void;
  /** The job in the pane beside the table. */
  inspected?: string;
  /** Show a job beside the table; absent where there is no room: a click then opens its page. */
  onInspect?: (id: string) => void;
}

/** A virtual table of jobs that stays still under the reader: news waits behind a chip unless nobody points at it. */
export function JobsTable({ filters, clearFilters, onBulkStarted, inspected, onInspect }: JobsTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(true);
  const [pointedAt, setPointedAt] = useState(false);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const filtered = isFiltered(filters);
  const follows = atTop && !filtered && !pointedAt && !inspected && isEmpty(selection);
  const list = useJobList(filters, follows);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const rows = list.rows ?? NO_ROWS;
  const narrow = useMediaQuery('(max-width: 859px)');
  const layout = layoutOf(narrow);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => (narrow ? NARROW_ROW : ROW),
    overscan: 10,
  });
  const visible = virtual.getVirtualItems();
  const first = visible[0]?.index ?? 0;
  const last = visible.at(-1)?.index ?? -1;
  // The table is of the rows in sight: all of a hundred thousand would be made anew at every piece of news.
  const data = useMemo(() => rows.slice(first, last + 1), [rows, first, last]);
  const table = useTable({ features, columns, data, getRowId: (job) => job.id });
  const lines = table.getRowModel().rows;
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const lastClicked = useRef<string | null>(null);
  const click = (id: string, extend: boolean) => {
    const from = extend && lastClicked.current !== null ? ids.indexOf(lastClicked.current) : -1;
    lastClicked.current = id;
    setSelection(clicked(selection, ids, ids.indexOf(id), from < 0 ? null : from));
  };

  // The same for every row at every rendering, so that only rows that changed are rendered.
  const follow = (id: string) => {
    if (inspected && inspected !== id) onInspect?.(id);
  };
  const latest = useRef<RowActs>({ click, follow, inspect: onInspect });
  useEffect(() => {
    latest.current = { click, follow, inspect: onInspect };
  });
  const hasPane = onInspect !== undefined;
  const acts = useMemo<RowActs>(
    () => ({
      click: (id, extend) => latest.current.click(id, extend),
      follow: (id) => latest.current.follow(id),
      inspect: hasPane ? (id) => latest.current.inspect?.(id) : undefined,
    }),
    [hasPane],
  );
  useEffect(() => virtual.measure(), [narrow, virtual]);
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && rows.length > 0 && last >= rows.length - LOAD_AHEAD_ROWS)
      void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, last, rows.length, fetchNextPage]);

  const showArrivals = () => {
    list.reveal();
    box.current?.scrollTo({ top: 0 });
  };

  return (
    <section
      className="panel relative flex min-h-0 min-w-0 flex-1 flex-col overflow-hidden"
      aria-label="Jobs"
      onKeyDown={(event) => {
        // Escape in a dialog of an act comes by here too, and closes only that.
        const inside = event.target instanceof Node && event.currentTarget.contains(event.target);
        if (event.key === 'Escape' && inside) setSelection(NOTHING);
      }}
    >
      {!isEmpty(selection) && (
        <SelectionBar
          selection={selection}
          filters={filters}
          complete={!hasNextPage && list.waiting === 0 && ids.every((id) => holds(selection, id))}
          selectAll={() => setSelection({ kind: 'all' })}
          clear={() => setSelection(NOTHING)}
          onStarted={(bulkId) => {
            setSelection(NOTHING);
            onBulkStarted(bulkId);
          }}
        />
      )}
      {list.waiting > 0 && (
        <div className="pointer-events-none absolute inset-x-0 top-12 z-20 flex justify-center">
          <Button
            kind="main"
            icon="up"
            className="appear pointer-events-auto !rounded-full shadow-(--shadow-pop)"
            onClick={showArrivals}
          >
            {countUpTo(list.waiting, MOST_ARRIVALS)} new
          </Button>
        </div>
      )}
      <div
        ref={box}
        // Room below, so that the bar never covers the last row.
        className={`@container min-h-0 flex-1 overflow-auto overscroll-contain ${isEmpty(selection) ? '' : 'pb-18 max-md:pb-28'}`}
        onScroll={(event) => setAtTop(event.currentTarget.scrollTop < NEAR_TOP)}
        onPointerEnter={() => setPointedAt(true)}
        onPointerLeave={() => setPointedAt(false)}
      >
        <div
          role="table"
          aria-label="Jobs"
          aria-rowcount={hasNextPage ? -1 : rows.length + 1}
          aria-busy={list.isLoading}
        >
          <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-solid/95 max-md:hidden">
            {table.getHeaderGroups().map((group) => (
              <div key={group.id} role="row" className={`${layout.grid} h-9 text-2xs font-[540] text-faint`}>
                <div role="columnheader" className={layout.select}>
                  <Checkbox
                    label="Select all loaded jobs"
                    checked={ids.length > 0 && ids.every((id) => holds(selection, id))}
                    partly={!isEmpty(selection)}
                    disabled={ids.length === 0}
                    onChange={() => setSelection(allClicked(selection, ids))}
                  />
                </div>
                {group.headers.map((header) => (
                  <div key={header.id} role="columnheader" className={layout.cell[header.column.id]}>
                    <table.FlexRender header={header} />
                  </div>
                ))}
              </div>
            ))}
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {visible.map(({ index, start, size }) => {
              const line = lines[index - first];
              if (!line) return null;
              const { id } = line.original;
              return (
                <JobRow
                  key={id}
                  line={line}
                  index={index}
                  start={start}
                  size={size}
                  layout={layout}
                  isInspected={id === inspected}
                  isSelected={holds(selection, id)}
                  acts={acts}
                />
              );
            })}
          </div>
        </div>
        {list.isLoading && <LoadingRows height={narrow ? NARROW_ROW : ROW} />}
        {list.isError && !list.rows && (
          <FailedToLoad what="Jobs" error={list.error} retry={() => void list.refetch()} />
        )}
        {list.rows?.length === 0 && <NoJobs filtered={filtered} clear={clearFilters} />}
        <Foot
          loading={isFetchingNextPage}
          failed={list.isFetchNextPageError}
          more={hasNextPage}
          load={() => void fetchNextPage()}
        />
      </div>
    </section>
  );
}
