/** One field of a form drawn from its shape, with the server's words about it beside it. */
import { useId, useState, type ReactNode } from 'react';
import type { Json } from '@/shared/api/types';
import { Button, IconButton } from '@/shared/ui/Button';
import { FieldFaults } from '@/shared/ui/FieldFaults';
import { blankOf, withField, type Shape } from './shape';

export interface FieldProps {
  shape: Shape;
  pointer: string;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  faults: ReadonlyMap<string, string[]>;
  /** The label is said but not drawn: the field stands in a list that is labelled. */
  bare?: boolean;
}

export function SchemaField(props: FieldProps) {
  switch (props.shape.kind) {
    case 'object':
      return <ObjectField {...props} />;
    case 'list':
      return <ListField {...props} />;
    case 'boolean':
      return <BooleanField {...props} />;
    default:
      return <LabelledField {...props} />;
  }
}

interface ControlProps extends FieldProps {
  id: string;
  described: string | undefined;
}

function LabelledField(props: FieldProps) {
  const { shape, pointer, faults, bare } = props;
  const id = useId();
  const wrong = faults.get(pointer);
  const described =
    [shape.description && `${id}-about`, wrong && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  return (
    <div>
      <div className={bare ? 'sr-only' : 'mb-1 flex gap-1.5 text-xs'}>
        <label htmlFor={id} className="font-[540]">
          {shape.title}
        </label>
        {!shape.required && <span className="text-faint">optional</span>}
      </div>
      <Control {...props} id={id} described={described} />
      {shape.description && <About id={`${id}-about`}>{shape.description}</About>}
      <FieldFaults id={`${id}-fault`} faults={wrong} />
    </div>
  );
}

const About = ({ id, children }: { id: string; children: ReactNode }) => (
  <p id={id} className="mt-1 text-2xs text-faint">
    {children}
  </p>
);

function Control(props: ControlProps) {
  const { shape, value, onChange, id, described, faults, pointer } = props;
  const common = {
    id,
    'aria-describedby': described,
    'aria-invalid': faults.has(pointer) || undefined,
    className: 'field',
  };
  const given = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  switch (shape.kind) {
    case 'choice':
      return <ChoiceControl {...props} />;
    case 'number':
      return (
        <input
          {...common}
          type="number"
          step={shape.isWhole ? 1 : 'any'}
          inputMode={shape.isWhole ? 'numeric' : 'decimal'}
          value={given}
          onChange={({ target }) => onChange(target.value === '' ? undefined : Number(target.value))}
        />
      );
    case 'longtext':
      return (
        <textarea
          {...common}
          rows={4}
          value={given}
          onChange={({ target }) => onChange(target.value || undefined)}
        />
      );
    case 'json':
      return <JsonControl {...props} />;
    default:
      return (
        <input
          {...common}
          type={shape.inputType}
          autoComplete="off"
          value={given}
          onChange={({ target }) => onChange(target.value || undefined)}
        />
      );
  }
}

function ChoiceControl({ shape, value, onChange, id, described, faults, pointer }: ControlProps) {
  const chosen = shape.choices.findIndex((choice) => choice === value);
  return (
    <select
      id={id}
      aria-describedby={described}
      aria-invalid={faults.has(pointer) || undefined}
      className="field"
      value={chosen}
      onChange={({ target }) => onChange(shape.choices[Number(target.value)])}
    >
      {(chosen < 0 || !shape.required) && <option value={-1}>{shape.required ? 'Choose' : 'Default'}</option>}
      {shape.choices.map((choice, index) => (
        <option key={index} value={index}>
          {String(choice)}
        </option>
      ))}
    </select>
  );
}

function JsonControl({ value, onChange, id, described, faults, pointer }: ControlProps) {
  const [draft, setDraft] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  const [broken, setBroken] = useState(false);
  return (
    <>
      <textarea
        id={id}
        rows={4}
        spellCheck={false}
        aria-describedby={described}
        aria-invalid={broken || faults.has(pointer) || undefined}
        className="field font-mono text-xs"
        placeholder="JSON"
        value={draft}
        onChange={({ target }) => {
          setDraft(target.value);
          try {
            onChange(target.value.trim() === '' ? undefined : (JSON.parse(target.value) as Json));
            setBroken(false);
          } catch {
            setBroken(true);
          }
        }}
      />
      {broken && <FieldFaults faults={['This is not JSON yet; the last valid value is kept.']} />}
    </>
  );
}

function BooleanField({ shape, pointer, value, onChange, faults }: FieldProps) {
  const id = useId();
  return (
    <div>
      <label className="flex min-h-[34px] items-center gap-2.5 text-xs font-[540]">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={value === true}
          aria-describedby={shape.description ? `${id}-about` : undefined}
          onChange={({ target }) => onChange(target.checked)}
        />
        {shape.title}
      </label>
      {shape.description && <About id={`${id}-about`}>{shape.description}</About>}
      <FieldFaults faults={faults.get(pointer)} />
    </div>
  );
}

function ObjectField({ shape, pointer, value, onChange, faults }: FieldProps) {
  const held = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="px-1 text-xs font-[540]">{shape.title}</legend>
      {shape.description && <p className="mb-2 text-2xs text-faint">{shape.description}</p>}
      <div className="flex flex-col gap-3">
        {shape.fields.map(([name, field]) => (
          <SchemaField
            key={name}
            shape={field}
            pointer={`${pointer}/${name}`}
            value={held[name]}
            onChange={(next) => onChange(withField(held, name, next))}
            faults={faults}
          />
        ))}
      </div>
      <FieldFaults faults={faults.get(pointer)} />
    </fieldset>
  );
}

function ListField({ shape, pointer, value, onChange, faults }: FieldProps) {
  const { item } = shape;
  const held = Array.isArray(value) ? value : [];
  if (!item) return null;
  const titled: Shape = { ...item, title: item.title || shape.title };
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="px-1 text-xs font-[540]">{shape.title}</legend>
      {shape.description && <p className="mb-2 text-2xs text-faint">{shape.description}</p>}
      <ol className="flex flex-col gap-2">
        {held.map((entry, index) => (
          <li key={index} className="flex items-start gap-1">
            <div className="min-w-0 flex-1">
              <SchemaField
                shape={{ ...titled, title: `${titled.title} ${index + 1}` }}
                pointer={`${pointer}/${index}`}
                value={entry}
                onChange={(next) =>
                  onChange(held.map((old, at) => (at === index ? (next ?? blankOf(item)) : old)))
                }
                faults={faults}
                bare
              />
            </div>
            <IconButton
              icon="close"
              label={`Remove ${titled.title} ${index + 1}`}
              onClick={() => onChange(held.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ol>
      <Button kind="quiet" icon="plus" className="mt-2" onClick={() => onChange([...held, blankOf(item)])}>
        Add
      </Button>
      <FieldFaults faults={faults.get(pointer)} />
    </fieldset>
  );
}
