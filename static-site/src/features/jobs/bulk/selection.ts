/** Which jobs of a list are chosen: some rows, or all that match its filters, also those not loaded. Pure. */
import { isFiltered, tidy, type JobFilters } from '../filters';

export type Selection = { kind: 'rows'; ids: ReadonlySet<string> } | { kind: 'all' };

export const NOTHING: Selection = { kind: 'rows', ids: new Set() };

export const isEmpty = (selection: Selection): boolean =>
  selection.kind === 'rows' && selection.ids.size === 0;

export const holds = (selection: Selection, id: string): boolean =>
  selection.kind === 'all' || selection.ids.has(id);

/** After a click on the row at `index`; with `from`, everything between the two becomes as it. */
export function clicked(
  selection: Selection,
  rows: readonly string[],
  index: number,
  from: number | null,
): Selection {
  const id = rows[index];
  if (id === undefined) return selection;
  // One taken out of all: what is left is what can be seen.
  const ids = new Set(selection.kind === 'all' ? rows : selection.ids);
  const chosen = !ids.has(id);
  const [first, last] = from === null ? [index, index] : [Math.min(from, index), Math.max(from, index)];
  for (const one of rows.slice(first, last + 1)) {
    if (chosen) ids.add(one);
    else ids.delete(one);
  }
  return { kind: 'rows', ids };
}

/** All loaded rows, or none when they are chosen already. */
export const allClicked = (selection: Selection, rows: readonly string[]): Selection =>
  rows.every((id) => holds(selection, id)) ? NOTHING : { kind: 'rows', ids: new Set(rows) };

/** Whom an act is for, as the server wants it said. Without filters every job must be meant by name. */
export function targetOf(selection: Selection, filters: JobFilters) {
  if (selection.kind === 'rows') return { ids: [...selection.ids] };
  return { filter: tidy(filters), all: !isFiltered(filters) };
}
