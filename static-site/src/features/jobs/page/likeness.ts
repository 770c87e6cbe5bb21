/** What a failed attempt says that the one before it did not. Pure. */
import type { Attempt, JobError } from '@/shared/api/types';

export interface DiffLine {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

export type Likeness = 'same' | 'other words' | 'another error';

const ALIKE: Record<Likeness, (attempt: number) => string> = {
  same: (attempt) => `the same as attempt ${attempt}`,
  'other words': (attempt) => `like attempt ${attempt}, in other words`,
  'another error': (attempt) => `another error than attempt ${attempt}`,
};

export const likenessWords = (likeness: Likeness, attempt: number): string => ALIKE[likeness](attempt);

/** Null when either of them did not fail. By fingerprint where both have one. */
export function likenessOf(before: Attempt, after: Attempt): Likeness | null {
  if (!before.error || !after.error) return null;
  const [one, other] = [textOf(before.error), textOf(after.error)];
  if (one.join('\n') === other.join('\n')) return 'same';
  const isAlike =
    before.fingerprint !== null && after.fingerprint !== null
      ? before.fingerprint === after.fingerprint
      : before.error.type === after.error.type;
  return isAlike ? 'other words' : 'another error';
}

/** Its lines; a traceback says type and message in its last one, as a rule. */
export function textOf({ type, message, traceback }: JobError): string[] {
  const lines = traceback?.trimEnd().split('\n') ?? [];
  return lines.some((line) => line.includes(message)) ? lines : [`${type}: ${message}`, ...lines];
}

/** Beyond it the lines in the middle are all gone and all new: comparing each with each would hold up the page. */
const MOST_COMPARED = 250_000;

/** One text made into another: the longest lines in common stay. */
export function differenceOf(before: string[], after: string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ kind: 'same', text }));
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

function middle(before: string[], after: string[]): DiffLine[] {
  const gone = (lines: string[]): DiffLine[] => lines.map((text) => ({ kind: 'gone', text }));
  const fresh = (lines: string[]): DiffLine[] => lines.map((text) => ({ kind: 'new', text }));
  if (before.length * after.length > MOST_COMPARED) return [...gone(before), ...fresh(after)];
  const common = commonLengths(before, after);
  const lengthAt = (row: number, column: number): number => common[row]?.[column] ?? 0;
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < before.length && column < after.length) {
    const text = before[row] ?? '';
    if (text === after[column]) {
      lines.push({ kind: 'same', text });
      row += 1;
      column += 1;
    } else if (lengthAt(row + 1, column) >= lengthAt(row, column + 1)) {
      lines.push({ kind: 'gone', text });
      row += 1;
    } else {
      lines.push({ kind: 'new', text: after[column] ?? '' });
      column += 1;
    }
  }
  return [...lines, ...gone(before.slice(row)), ...fresh(after.slice(column))];
}

/** Of what begins at each pair of lines, how many are in common. */
function commonLengths(before: string[], after: string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const here = lengths[row];
      const below = lengths[row + 1];
      if (!here || !below) continue;
      here[column] =
        before[row] === after[column]
          ? (below[column + 1] ?? 0) + 1
          : Math.max(below[column] ?? 0, here[column + 1] ?? 0);
    }
  }
  return lengths;
}
