/** A JSON value as a tree that folds. Large values stay folded until asked for. */
import { useState } from 'react';
import { Icon } from './Icon';

const FOLD_BELOW_DEPTH = 2;
const LONG_TEXT = 400;
const MANY = 100;

export function JsonView({ value, label }: { value: unknown; label: string }) {
  return (
    <div
      className="max-h-96 overflow-auto px-4 py-3 font-mono text-xs leading-[1.65]"
      tabIndex={0}
      role="group"
      aria-label={label}
    >
      <Node value={value} depth={0} last />
    </div>
  );
}

interface NodeProps {
  name?: string;
  value: unknown;
  depth: number;
  last: boolean;
}

function Node({ name, value, depth, last }: NodeProps) {
  if (typeof value === 'object' && value !== null)
    return <Branch name={name} value={value} depth={depth} last={last} />;
  return (
    <div className="pl-4 wrap-anywhere">
      <Name name={name} />
      <Leaf value={value} />
      {!last && <span className="text-faint">,</span>}
    </div>
  );
}

const Name = ({ name }: { name?: string }) =>
  name === undefined ? null : (
    <>
      <span className="text-accent">{JSON.stringify(name)}</span>
      <span className="text-faint">: </span>
    </>
  );

function Leaf({ value }: { value: unknown }) {
  const [whole, setWhole] = useState(false);
  if (typeof value === 'string') {
    const cut = value.length > LONG_TEXT && !whole;
    return (
      <span className="text-ok">
        {JSON.stringify(cut ? value.slice(0, LONG_TEXT) : value)}
        {cut && (
          <button type="button" className="ml-1 text-faint underline" onClick={() => setWhole(true)}>
            {value.length - LONG_TEXT} more characters
          </button>
        )}
      </span>
    );
  }
  return (
    <span className={typeof value === 'number' ? 'text-high' : 'text-medium'}>
      {JSON.stringify(value) ?? 'null'}
    </span>
  );
}

function Branch({ name, value, depth, last }: NodeProps & { value: object }) {
  const [open, setOpen] = useState(depth < FOLD_BELOW_DEPTH);
  const [limit, setLimit] = useState(MANY);
  const isList = Array.isArray(value);
  const entries: [string, unknown][] = Object.entries(value);
  const [start, end] = isList ? ['[', ']'] : ['{', '}'];
  const closing = (
    <span className="text-faint">
      {end}
      {!last && ','}
    </span>
  );
  if (entries.length === 0) {
    return (
      <div className="pl-4">
        <Name name={name} />
        <span className="text-faint">{start}</span>
        {closing}
      </div>
    );
  }
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="inline-flex items-baseline rounded-sm text-left"
      >
        <Icon
          name="chevron"
          size={10}
          className={`mr-1.5 self-center text-faint transition-transform ${open ? 'rotate-90' : ''}`}
        />
        <span>
          <Name name={name} />
          <span className="text-faint">
            {start}
            {!open &&
              ` ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} ${end}${last ? '' : ','}`}
          </span>
        </span>
      </button>
      {open && (
        <>
          <div className="ml-[5px] border-l border-line pl-2">
            {entries.slice(0, limit).map(([key, inner], index) => (
              <Node
                key={key}
                name={isList ? undefined : key}
                value={inner}
                depth={depth + 1}
                last={index === entries.length - 1}
              />
            ))}
            {entries.length > limit && (
              <button
                type="button"
                className="ml-4 text-faint underline"
                onClick={() => setLimit(limit * 10)}
              >
                {entries.length - limit} more
              </button>
            )}
          </div>
          <div className="pl-4">{closing}</div>
        </>
      )}
    </div>
  );
}
