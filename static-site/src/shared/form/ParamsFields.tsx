import type { JsonObject } from '@/shared/api/types';
import { FieldFaults } from '@/shared/ui/FieldFaults';
import { SchemaField } from './SchemaField';
import { withField, type Shape } from './shape';

interface ParamsFieldsProps {
  shape: Shape;
  params: JsonObject;
  onChange: (params: JsonObject) => void;
  faults: ReadonlyMap<string, string[]>;
}

/** The params of a task as its schema tells them. What was typed is held by the fields: give them a key per task. */
export function ParamsFields({ shape, params, onChange, faults }: ParamsFieldsProps) {
  if (shape.kind !== 'object') {
    return (
      <SchemaField
        shape={{ ...shape, title: 'Params', required: true }}
        pointer="/params"
        value={params}
        onChange={(next) =>
          onChange(typeof next === 'object' && next !== null && !Array.isArray(next) ? next : {})
        }
        faults={faults}
      />
    );
  }
  return (
    <>
      {shape.fields.length === 0 && <p className="text-xs text-faint">This task takes no params.</p>}
      {shape.fields.map(([name, field]) => (
        <SchemaField
          key={name}
          shape={field}
          pointer={`/params/${name}`}
          value={params[name]}
          onChange={(next) => onChange(withField(params, name, next))}
          faults={faults}
        />
      ))}
      <FieldFaults faults={faults.get('/params')} />
    </>
  );
}
