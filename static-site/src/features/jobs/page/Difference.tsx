import type { Attempt } from '@/shared/api/types';
import { plural } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { differenceOf, likenessOf, likenessWords, textOf, type DiffLine } from './likeness';

/** Of the same lines, so many stay beside what changed. */
const CONTEXT = 1;

/** In a word, whether an attempt failed as the one before it. */
export function LikenessTag({ before, after }: { before: Attempt; after: Attempt }) {
  const likeness = likenessOf(before, after);
  if (likeness === null) return null;
  return (
    <span
      className={`rounded-full border px-2 text-2xs leading-5 ${likeness === 'another error' ? 'border-fail text-fail' : 'border-line-2 text-soft'}`}
    >
      {likenessWords(likeness, before.attempt)}
    </span>
  );
}

/** What the error says that the one before did not, unfolded when asked for. */
export function Difference({ before, after }: { before: Attempt; after: Attempt }) {
  const likeness = likenessOf(before, after);
  if (likeness === null || likeness === 'same' || !before.error || !after.error) return null;
  const lines = differenceOf(textOf(before.error), textOf(after.error));
  return (
    <details className="group mt-2">
      <summary className="inline-flex list-none items-center gap-1 rounded-sm text-xs text-soft hover:text-text [&::-webkit-details-marker]:hidden">
        <Icon name="chevron" size={12} className="transition-transform group-open:rotate-90" />
        Difference from attempt {before.attempt}
      </summary>
      <div
        role="group"
        aria-label={`Difference from attempt ${before.attempt}`}
        className="mt-1.5 max-h-96 overflow-auto rounded-md border border-line bg-panel px-3 py-2 font-mono text-xs leading-[1.55] whitespace-pre"
        tabIndex={0}
      >
        {folded(lines).map((line, index) =>
          line.kind === 'folded' ? (
            <p key={index} className="text-faint">
              … {plural(line.lines, 'line')} the same
            </p>
          ) : (
            <Line key={index} line={line} />
          ),
        )}
      </div>
    </details>
  );
}

function Line({ line: { kind, text } }: { line: DiffLine }) {
  if (kind === 'same') return <p className="text-soft">{`  ${text}`}</p>;
  const Tag = kind === 'gone' ? 'del' : 'ins';
  return (
    <Tag className={`block no-underline ${kind === 'gone' ? 'text-fail' : 'text-ok'}`}>
      {`${kind === 'gone' ? '−' : '+'} ${text}`}
    </Tag>
  );
}

type Shown = DiffLine | { kind: 'folded'; lines: number };

/** What stayed the same is folded but for the lines next to a change. */
function folded(lines: DiffLine[]): Shown[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same'),
  );
  const shown: Shown[] = [];
  lines.forEach((line, at) => {
    const last = shown.at(-1);
    if (isNear[at]) shown.push(line);
    else if (last?.kind === 'folded') last.lines += 1;
    else shown.push({ kind: 'folded', lines: 1 });
  });
  return shown;
}
