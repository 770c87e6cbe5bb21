import { useState } from 'react';
import type { BulkRequest } from '@/shared/api/types';
import { plural } from '@/shared/format/format';
import { Button, IconButton } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { PriorityMenu } from '@/shared/ui/PriorityMenu';
import { isFiltered, type JobFilters } from '../filters';
import { BulkQuestion } from './BulkQuestion';
import { targetOf, type Selection } from './selection';
import { BULK_WORDS, type BulkAction } from './words';

interface SelectionBarProps {
  selection: Selection;
  filters: JobFilters;
  /** Everything that matches is on the screen: there is no more to select. */
  complete: boolean;
  selectAll: () => void;
  clear: () => void;
  /** An act was started, and can be followed by its id. */
  onStarted: (bulkId: string) => void;
}

const PLAIN: BulkAction[] = ['retry', 'run-now'];
const DANGEROUS: BulkAction[] = ['cancel', 'delete'];

/** What may be done to the chosen jobs. The server says to how many of them. */
export function SelectionBar({
  selection,
  filters,
  complete,
  selectAll,
  clear,
  onStarted,
}: SelectionBarProps) {
  const [asked, setAsked] = useState<BulkRequest | null>(null);
  const ask = (action: BulkAction, priority?: BulkRequest['priority']) =>
    setAsked({ ...targetOf(selection, filters), action, priority });
  const every = isFiltered(filters) ? 'All that match' : 'All jobs';
  const act = (action: BulkAction) => (
    <Button
      key={action}
      kind={DANGEROUS.includes(action) ? 'danger' : 'plain'}
      icon={BULK_WORDS[action].icon}
      onClick={() => ask(action)}
    >
      {BULK_WORDS[action].label}
    </Button>
  );
  return (
    <div
      role="toolbar"
      aria-label="Selected jobs"
      className="appear absolute inset-x-3 bottom-3 z-20 flex flex-wrap items-center gap-2 rounded-md border border-line-2 bg-solid px-4 py-2 shadow-(--shadow-pop)"
    >
      <IconButton icon="close" label="Clear the selection" onClick={clear} className="-ml-1.5" />
      <span className="num text-xs font-[560]" role="status">
        {selection.kind === 'all' ? every : plural(selection.ids.size, 'job')} selected
      </span>
      {selection.kind === 'rows' && !complete && (
        <button type="button" className="rounded-sm text-xs text-accent hover:underline" onClick={selectAll}>
          {isFiltered(filters) ? 'Select all that match' : 'Select all jobs'}
        </button>
      )}
      <span className="ml-auto flex flex-wrap gap-2">
        {PLAIN.map(act)}
        <PriorityMenu value={null} onChoose={(priority) => ask('priority', priority)}>
          <Button>
            {BULK_WORDS.priority.label}
            <Icon name="down" size={12} className="text-faint" />
          </Button>
        </PriorityMenu>
        {DANGEROUS.map(act)}
      </span>
      {asked && (
        <BulkQuestion
          request={asked}
          chosen={selection.kind === 'rows' ? selection.ids.size : null}
          close={() => setAsked(null)}
          onStarted={onStarted}
        />
      )}
    </div>
  );
}
