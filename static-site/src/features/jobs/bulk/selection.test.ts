import { describe, expect, it } from 'vitest';
import { allClicked, clicked, holds, isEmpty, NOTHING, targetOf } from './selection';

const ROWS = ['a', 'b', 'c', 'd'];
const chosen = (selection: ReturnType<typeof clicked>) => ROWS.filter((id) => holds(selection, id));

describe('a selection', () => {
  it('takes a row in and out', () => {
    const one = clicked(NOTHING, ROWS, 1, null);

    expect(chosen(one)).toEqual(['b']);
    expect(isEmpty(clicked(one, ROWS, 1, null))).toBe(true);
  });

  it('takes in everything between the last click and this one, in either direction', () => {
    expect(chosen(clicked(clicked(NOTHING, ROWS, 0, null), ROWS, 2, 0))).toEqual(['a', 'b', 'c']);
    expect(chosen(clicked(clicked(NOTHING, ROWS, 3, null), ROWS, 1, 3))).toEqual(['b', 'c', 'd']);
  });

  it('of all that match becomes one of rows when a row is taken out', () => {
    expect(chosen(clicked({ kind: 'all' }, ROWS, 0, null))).toEqual(['b', 'c', 'd']);
  });

  it('of every row is emptied by the next click on all', () => {
    const all = allClicked(NOTHING, ROWS);

    expect(chosen(all)).toEqual(ROWS);
    expect(isEmpty(allClicked(all, ROWS))).toBe(true);
  });

  it('of all means the filter, and says so when that has no condition', () => {
    expect(targetOf({ kind: 'all' }, { tag: 'nightly' })).toEqual({ filter: { tag: 'nightly' }, all: false });
    expect(targetOf({ kind: 'all' }, {})).toEqual({ filter: {}, all: true });
    expect(targetOf(clicked(NOTHING, ROWS, 2, null), { tag: 'nightly' })).toEqual({ ids: ['c'] });
  });
});
