import { flexRender, type Row } from '@tanstack/react-table';
import { memo } from 'react';
import type { JobSummary } from '@/shared/api/types';
import { serverNow } from '@/shared/format/clock';
import { Checkbox } from '@/shared/ui/Checkbox';
import { lettersWork } from '@/shared/ui/keys';
import type { features, Layout } from './columns';

const FRESH_MILLISECONDS = 2_500;

export interface RowActs {
  /** Select or not; `extend`: everything from the row that was clicked before. */
  click: (id: string, extend: boolean) => void;
  /** The keys have come to it: an open pane comes along. */
  follow: (id: string) => void;
  /** Show it beside the table; absent where there is no room. */
  inspect?: (id: string) => void;
}

interface JobRowProps {
  line: Row<typeof features, JobSummary>;
  index: number;
  start: number;
  size: number;
  layout: Layout;
  isInspected: boolean;
  isSelected: boolean;
  acts: RowActs;
}

/** One row at its place. Scrolling past it does not render it again. */
export const JobRow = memo(
  function JobRow({ line, index, start, size, layout, isInspected, isSelected, acts }: JobRowProps) {
    const { id, task, created_at } = line.original;
    const fresh = serverNow() - Date.parse(created_at) < FRESH_MILLISECONDS;
    const marked = isInspected ? 'bg-panel-3' : isSelected ? 'bg-panel-2' : '';
    return (
      <div
        role="row"
        data-job={id}
        aria-rowindex={index + 2}
        aria-current={isInspected || undefined}
        className={`${layout.grid} absolute inset-x-0 top-0 border-b border-line transition-colors duration-(--quick) hover:bg-panel-2 ${marked} ${fresh ? 'animate-[fresh_1.4s_ease-out]' : ''}`}
        style={{ height: size, transform: `translateY(${start}px)` }}
        onFocus={(event) => event.target.matches('a') && acts.follow(id)}
        onKeyDown={(event) => {
          if (event.key !== 'x' || event.ctrlKey || event.metaKey || event.altKey) return;
          if (lettersWork()) acts.click(id, false);
        }}
        onClickCapture={(event) => {
          // A click by Enter has no detail, and opens the page as any link does.
          const plain = event.detail > 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
          const onLink = event.target instanceof Element && event.target.closest('a');
          if (!acts.inspect || !plain || !onLink) return;
          event.preventDefault();
          acts.inspect(id);
        }}
      >
        <div role="cell" className={layout.select}>
          <Checkbox
            label={`Select ${task}`}
            checked={isSelected}
            onChange={(extend) => acts.click(id, extend)}
          />
        </div>
        {line.getAllCells().map((cell) => (
          <div key={cell.id} role="cell" className={layout.cell[cell.column.id]}>
            {flexRender(cell.column.columnDef.cell, cell.getContext())}
          </div>
        ))}
      </div>
    );
  },
  // The line is made anew with every window of rows; what it shows is only its job.
  (before, after) =>
    before.line.original === after.line.original &&
    before.index === after.index &&
    before.start === after.start &&
    before.size === after.size &&
    before.layout === after.layout &&
    before.isInspected === after.isInspected &&
    before.isSelected === after.isSelected &&
    before.acts === after.acts,
);
