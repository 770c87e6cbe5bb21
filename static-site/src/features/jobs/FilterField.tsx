import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { countUpTo } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { Key } from '@/shared/ui/Tag';
import { facetsQuery } from './api';
import type { JobFilters } from './filters';
import { hasQualifier, without, withQueryText, withValue, writingAt } from './queryText';
import { knownValues, suggestionsFor, type Suggestion } from './suggestions';

const TYPING_MILLISECONDS = 250;

interface FilterFieldProps {
  filters: JobFilters;
  taskNames: string[];
  onChange: (filters: JobFilters) => void;
  /** Backspace where nothing is written: the last condition goes. */
  removeLast: () => void;
}

/** Free text and qualifiers, with proposals: arrow keys choose one, Enter takes it. */
export function FilterField({ filters, taskNames, onChange, removeLast }: FilterFieldProps) {
  const [text, setText] = useState(filters.q ?? '');
  const [applied, setApplied] = useState(filters.q ?? '');
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const listId = useId();
  // Half a word matches nothing: what is proposed must not depend on it.
  const facets = useQuery({ ...facetsQuery({ ...filters, q: undefined }), enabled: open });
  const writing = writingAt(text, caret);
  const known = useMemo(() => knownValues(facets.data, taskNames, countUpTo), [facets.data, taskNames]);
  const suggestions = open ? suggestionsFor(writing, known) : [];
  // The address changed under the field: back button, a cleared filter.
  if ((filters.q ?? '') !== applied) {
    setApplied(filters.q ?? '');
    setText(filters.q ?? '');
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  // What was chosen by a click while the words rested must not be undone by them.
  const latest = useRef(filters);
  useEffect(() => {
    latest.current = filters;
  });

  const write = (value: string, at = value.length) => {
    setText(value);
    setCaret(at);
    setChosen(-1);
  };
  const apply = (value: string, from = filters) => {
    clearTimeout(timer.current);
    const next = withQueryText(from, value);
    setApplied(next.q ?? '');
    write(next.q ?? '');
    onChange(next);
  };
  /** While a qualifier is being written, only the words beside it are searched. */
  const applySoon = (value: string, at: number) => {
    clearTimeout(timer.current);
    const now = writingAt(value, at);
    const words = now.qualifier ? without(value, now) : value.trim();
    if (hasQualifier(words) || words === (filters.q ?? '')) return;
    timer.current = setTimeout(() => {
      setApplied(words);
      onChange({ ...latest.current, q: words });
    }, TYPING_MILLISECONDS);
  };
  const take = (suggestion: Suggestion) => {
    if (suggestion.kind === 'qualifier') {
      clearTimeout(timer.current);
      const begun = `${text.slice(0, writing.start)}${suggestion.qualifier}:`;
      write(`${begun}${text.slice(writing.end)}`, begun.length);
      input.current?.focus();
      queueMicrotask(() => input.current?.setSelectionRange(begun.length, begun.length));
      return;
    }
    apply(without(text, writing), withValue(filters, suggestion.qualifier, suggestion.value) ?? filters);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = key === 'ArrowDown' ? 1 : -1;
      const places = suggestions.length + 1;
      setChosen(((chosen + 1 + step + places) % places) - 1);
    } else if (key === 'Enter') {
      const suggestion = suggestions[chosen];
      if (suggestion) take(suggestion);
      else {
        apply(text);
        setOpen(false);
      }
    } else if (key === 'Backspace' && text === '') removeLast();
    else if (key === 'Escape') {
      if (open && suggestions.length > 0) setOpen(false);
      else if (text) apply('');
      else event.currentTarget.blur();
    }
  };
  return (
    <div className="relative min-w-56 flex-1 max-sm:basis-full">
      <Icon name="search" className="absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Filter jobs"
        aria-describedby={`${listId}-hint`}
        aria-expanded={suggestions.length > 0}
        aria-controls={`${listId}-list`}
        aria-autocomplete="list"
        aria-activedescendant={chosen >= 0 ? `${listId}-${chosen}` : undefined}
        autoComplete="off"
        spellCheck={false}
        data-filter
        placeholder="Task, id, error, or tag:nightly"
        className="field !min-h-8 !py-1 !pr-9 !pl-8 text-xs [&::-webkit-search-cancel-button]:hidden"
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => {
          setOpen(false);
          setChosen(-1);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? text.length)}
        onChange={(event) => {
          const { value } = event.target;
          setOpen(true);
          write(value, event.target.selectionStart ?? value.length);
          applySoon(value, event.target.selectionStart ?? value.length);
        }}
        onKeyDown={press}
      />
      <span
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 max-md:hidden"
        aria-hidden="true"
      >
        <Key>/</Key>
      </span>
      <span id={`${listId}-hint`} className="sr-only">
        Free text, or state:, priority:, task:, tag:, source: and key: followed by a value and Enter
      </span>
      <ul
        id={`${listId}-list`}
        role="listbox"
        aria-label="Proposals"
        className={`popover absolute inset-x-0 top-full z-40 mt-1.5 max-w-md p-1.5 ${suggestions.length > 0 ? '' : 'hidden'}`}
      >
        {suggestions.map((one, index) => (
          <li
            key={one.kind === 'qualifier' ? one.qualifier : `${one.qualifier}:${one.value}`}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className="flex cursor-pointer items-center gap-2 rounded-sm px-2 py-1.5 text-xs hover:bg-panel-2 aria-selected:bg-panel-3"
            // Before the field loses the focus, and with it the list.
            onPointerDown={(event) => {
              event.preventDefault();
              take(one);
            }}
          >
            <span className="text-faint">{one.qualifier}:</span>
            {one.kind === 'value' && <span className="min-w-0 truncate text-text">{one.value}</span>}
            <span className="num ml-auto pl-3 text-faint">
              {one.kind === 'qualifier' ? one.about : one.count}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
