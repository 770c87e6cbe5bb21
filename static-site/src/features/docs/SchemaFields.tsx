/** The fields of an object, a line each; what has fields of its own unfolds. */
import { useState } from 'react';
import { plural } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { useDescribed } from './described';
import type { Schema } from './openapi';
import { Prose } from './Prose';
import { fieldsOf, told, type Told } from './words';

interface SchemaFieldsProps {
  schema: Schema;
  label: string;
  /** Of an answer: there a field is as a rule, in a body as one likes. Whatever is not the rule is told. */
  given?: boolean;
}

export function SchemaFields({ schema, label, given = false }: SchemaFieldsProps) {
  const described = useDescribed();
  return (
    <ul className="divide-y divide-line" aria-label={label}>
      {fieldsOf(described, schema).map(({ name, schema: own, required }) => (
        <FieldLine
          key={name}
          name={name}
          mark={given ? !required && 'may be absent' : required && 'required'}
          told={told(described, own)}
          words={own.description}
          given={given}
        />
      ))}
    </ul>
  );
}

interface FieldLineProps {
  name: string;
  mark: string | false;
  told: Told;
  words?: string;
  given?: boolean;
}

export const FieldLine = ({ name, mark, told: what, words, given }: FieldLineProps) => (
  <li className="grid grid-cols-[minmax(0,172px)_minmax(0,1fr)] gap-x-4 gap-y-0.5 py-2 text-xs max-sm:grid-cols-1">
    <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
      <span className="font-mono font-[560] wrap-anywhere">{name}</span>
      {mark && <span className="text-2xs text-faint">{mark}</span>}
    </p>
    <div className="flex min-w-0 flex-col gap-1">
      <TypeWords told={what} />
      {words && <Prose text={words} className="text-soft" />}
      <Inner told={what} given={given} />
    </div>
  </li>
);

/** The type, its limits, and the values if there are only some. */
export const TypeWords = ({ told: { type, notes, values } }: { told: Told }) => (
  <>
    <p className="wrap-anywhere text-faint">
      <span className="text-text">{type}</span>
      {notes.map((note) => `, ${note}`).join('')}
    </p>
    {values.length > 0 && (
      <ul className="flex flex-wrap gap-1" aria-label="Values">
        {values.map((value) => (
          <li
            key={value}
            className="rounded-[4px] border border-line bg-panel-2 px-1.5 font-mono text-2xs wrap-anywhere text-soft"
          >
            {value}
          </li>
        ))}
      </ul>
    )}
  </>
);

export const Inner = ({ told: { inner }, given }: { told: Told; given?: boolean }) =>
  inner.map(({ name, schema }) => <Unfolding key={name} name={name} schema={schema} given={given} />);

/** Its fields are made when they are asked for: an object that has itself within unfolds as often as one likes. */
function Unfolding({ name, schema, given }: { name: string; schema: Schema; given?: boolean }) {
  const described = useDescribed();
  const [open, setOpen] = useState(false);
  const amount = fieldsOf(described, schema).length;
  return (
    <div className="min-w-0">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="inline-flex min-h-6 items-center gap-1.5 rounded-sm text-left text-xs hover:text-accent"
      >
        <Icon
          name="chevron"
          size={10}
          className={`text-faint transition-transform duration-(--quick) ${open ? 'rotate-90' : ''}`}
        />
        <span className="font-mono font-[540] wrap-anywhere">{name}</span>{' '}
        <span className="num whitespace-nowrap text-faint">{plural(amount, 'field')}</span>
      </button>
      {open && (
        <div className="ml-[4px] border-l border-line pl-3">
          {schema.description && <Prose text={schema.description} className="pt-1 text-xs text-soft" />}
          <SchemaFields schema={schema} label={`Fields of ${name}`} given={given} />
        </div>
      )}
    </div>
  );
}
