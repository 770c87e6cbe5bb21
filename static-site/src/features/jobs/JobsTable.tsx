import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { plural } from '@/shared/format/format';
import { serverNow } from '@/shared/format/clock';
import { Button } from '@/shared/ui/Button';
import { FailedToLoad } from '@/shared/ui/notices';
import { useMediaQuery } from '@/shared/ui/useMediaQuery';
import { Checkbox } from '@/shared/ui/Checkbox';
import { allClicked, clicked, holds, isEmpty, NOTHING, type Selection } from './bulk/selection';
import { SelectionBar } from './bulk/SelectionBar';
import { cellClass, columns, features, LAYOUT } from './columns';
import { isFiltered, type JobFilters } from './filters';
import { Foot, LoadingRows, NoJobs } from './JobsTableStates';
import { useJobList } from './useJobList';

const ROW = 42;
const NARROW_ROW = 60;
const NEAR_TOP = 8;
const LOAD_AHEAD_ROWS = 12;
const FRESH_MILLISECONDS = 2_500;

interface JobsTableProps {
  filters: JobFilters;
  clearFilters: () => void;
  /** An act on the selected jobs was started. */
  onBulkStarted: (bulkId: string) => void;
}

/** A virtual table of jobs that stays still under the reader: news waits behind a chip unless the top is in sight. */
export function JobsTable({ filters, clearFilters, onBulkStarted }: JobsTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(true);
  const filtered = isFiltered(filters);
  const list = useJobList(filters, atTop && !filtered);
  const { rows, hasNextPage, isFetchingNextPage, fetchNextPage, isTooLong, shorten } = list;
  const narrow = useMediaQuery('(max-width: 859px)');
  const data = useMemo(() => rows ?? [], [rows]);
  const table = useTable({ features, columns, data, getRowId: (job) => job.id });
  const lines = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => (narrow ? NARROW_ROW : ROW),
    getItemKey: (index) => lines[index]?.id ?? index,
    overscan: 10,
  });
  const ids = useMemo(() => data.map(({ id }) => id), [data]);
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const lastClicked = useRef<string | null>(null);
  const click = (index: number, extend: boolean) => {
    const from = extend && lastClicked.current !== null ? ids.indexOf(lastClicked.current) : -1;
    lastClicked.current = ids[index] ?? null;
    setSelection(clicked(selection, ids, index, from < 0 ? null : from));
  };
  const visible = virtual.getVirtualItems();
  const lastVisible = visible.at(-1)?.index ?? 0;

  useEffect(() => virtual.measure(), [narrow, virtual]);
  useEffect(() => {
    if (
      hasNextPage &&
      !isFetchingNextPage &&
      lines.length > 0 &&
      lastVisible >= lines.length - LOAD_AHEAD_ROWS
    )
      void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, lastVisible, lines.length, fetchNextPage]);
  useEffect(() => {
    if (isTooLong && atTop) shorten();
  }, [isTooLong, atTop, shorten]);

  const showArrivals = () => {
    list.reveal();
    box.current?.scrollTo({ top: 0 });
  };

  return (
    <section
      className="panel relative flex min-h-0 flex-1 flex-col overflow-hidden"
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
            {plural(list.waiting, 'new', 'new')}
          </Button>
        </div>
      )}
      <div
        ref={box}
        // Room below, so that the bar never covers the last row.
        className={`min-h-0 flex-1 overflow-auto overscroll-contain ${isEmpty(selection) ? '' : 'pb-18 max-md:pb-28'}`}
        onScroll={(event) => setAtTop(event.currentTarget.scrollTop < NEAR_TOP)}
      >
        <div
          role="table"
          aria-label="Jobs"
          aria-rowcount={hasNextPage ? -1 : lines.length + 1}
          aria-busy={list.isLoading}
        >
          <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-solid/95 max-md:hidden">
            {table.getHeaderGroups().map((group) => (
              <div key={group.id} role="row" className={`${LAYOUT.grid} h-9 text-2xs font-[540] text-faint`}>
                <div role="columnheader" className={LAYOUT.select}>
                  <Checkbox
                    label="Select all loaded jobs"
                    checked={ids.length > 0 && ids.every((id) => holds(selection, id))}
                    partly={!isEmpty(selection)}
                    onChange={() => setSelection(allClicked(selection, ids))}
                  />
                </div>
                {group.headers.map((header) => (
                  <div key={header.id} role="columnheader" className={cellClass(header.column.id)}>
                    <table.FlexRender header={header} />
                  </div>
                ))}
              </div>
            ))}
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {visible.map(({ index, key, start, size }) => {
              const line = lines[index];
              if (!line) return null;
              const fresh = serverNow() - Date.parse(line.original.created_at) < FRESH_MILLISECONDS;
              return (
                <div
                  key={key}
                  role="row"
                  aria-rowindex={index + 2}
                  className={`${LAYOUT.grid} absolute inset-x-0 top-0 border-b border-line transition-colors duration-(--quick) hover:bg-panel-2 ${holds(selection, line.id) ? 'bg-panel-2' : ''} ${fresh ? 'animate-[fresh_1.4s_ease-out]' : ''}`}
                  style={{ height: size, transform: `translateY(${start}px)` }}
                >
                  <div role="cell" className={LAYOUT.select}>
                    <Checkbox
                      label={`Select ${line.original.task}`}
                      checked={holds(selection, line.id)}
                      onChange={(extend) => click(index, extend)}
                    />
                  </div>
                  {line.getAllCells().map((cell) => (
                    <div key={cell.id} role="cell" className={cellClass(cell.column.id)}>
                      <table.FlexRender cell={cell} />
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
        {list.isLoading && <LoadingRows height={narrow ? NARROW_ROW : ROW} />}
        {list.isError && !rows && (
          <FailedToLoad what="Jobs" error={list.error} retry={() => void list.refetch()} />
        )}
        {rows?.length === 0 && <NoJobs filtered={filtered} clear={clearFilters} />}
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
