/** A JSON schema read into the shape of a form. What a form cannot draw becomes a field of plain JSON. Pure. */
import type { Json, JsonObject } from '@/shared/api/types';
import { sentence } from '@/shared/format/format';

export type ShapeKind = 'text' | 'longtext' | 'number' | 'boolean' | 'choice' | 'object' | 'list' | 'json';

export interface Shape {
  kind: ShapeKind;
  title: string;
  description: string;
  required: boolean;
  fallback: Json | undefined;
  choices: Json[];
  isWhole: boolean;
  least: number | undefined;
  most: number | undefined;
  inputType: string;
  fields: [string, Shape][];
  item: Shape | null;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** JSON from the wire is JSON: the type only says so. */
const json = (value: unknown): Json => value as Json;

const LONG_TEXT = 1_000;
const DEEPEST = 6;

const INPUT_TYPES: Record<string, string> = {
  email: 'email',
  uri: 'url',
  url: 'url',
  date: 'date',
  password: 'password',
};

export const shapeOf = (schema: unknown): Shape => read(schema, schema, '', true, 0);

function read(schema: unknown, root: unknown, name: string, required: boolean, depth: number): Shape {
  const given = follow(schema, root);
  const { body, nullable } = withoutNull(given, root);
  const shape: Shape = {
    kind: kindOf(body, depth),
    title: titleOf(text(given.title) || text(body.title), name),
    description: text(given.description) || text(body.description),
    required: required && !nullable,
    fallback: given.default === undefined ? undefined : json(given.default),
    choices: choicesOf(body),
    isWhole: body.type === 'integer',
    least: number(body.minimum),
    most: number(body.maximum),
    inputType: INPUT_TYPES[text(body.format)] ?? 'text',
    fields: [],
    item: null,
  };
  if (shape.kind === 'object' && isFields(body.properties)) {
    const mandatory = Array.isArray(body.required) ? body.required : [];
    shape.fields = Object.entries(body.properties)
      .map(([key, inner]): [string, Shape] => [
        key,
        read(inner, root, key, mandatory.includes(key), depth + 1),
      ])
      // What must be given comes first; the order among equals is the server's.
      .sort(([, one], [, other]) => Number(other.required) - Number(one.required));
  }
  if (shape.kind === 'list') shape.item = read(body.items, root, '', true, depth + 1);
  return shape;
}

function follow(schema: unknown, root: unknown): Fields {
  if (!isFields(schema)) return {};
  if (typeof schema.$ref !== 'string') return schema;
  const target = schema.$ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, part) => (isFields(at) ? at[part] : undefined), root);
  return { ...(isFields(target) ? target : {}), ...schema, $ref: undefined };
}

/** `anyOf: [X, null]` is an optional X. */
function withoutNull(schema: Fields, root: unknown): { body: Fields; nullable: boolean } {
  const options = Array.isArray(schema.anyOf) ? schema.anyOf : null;
  if (!options) return { body: schema, nullable: false };
  const rest = options.filter((option) => !(isFields(option) && option.type === 'null'));
  const nullable = rest.length < options.length;
  return rest.length === 1 ? { body: follow(rest[0], root), nullable } : { body: {}, nullable };
}

function kindOf(body: Fields, depth: number): ShapeKind {
  if (Array.isArray(body.enum) || body.const !== undefined) return 'choice';
  switch (body.type) {
    case 'string':
      return (number(body.maxLength) ?? 0) > LONG_TEXT || body.format === 'textarea' ? 'longtext' : 'text';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      return isFields(body.properties) && depth < DEEPEST ? 'object' : 'json';
    case 'array':
      return isFields(body.items) && depth < DEEPEST ? 'list' : 'json';
    default:
      return 'json';
  }
}

const choicesOf = (body: Fields): Json[] =>
  Array.isArray(body.enum) ? body.enum.map(json) : body.const !== undefined ? [json(body.const)] : [];

/** A title made from the name, as pydantic does (`Fail Times`), is written as the rest of the form is. */
const titleOf = (title: string, name: string): string =>
  !title || title.toLowerCase() === worded(name).toLowerCase() ? worded(name) : title;

const worded = (name: string): string => sentence(name.replaceAll('_', ' '));

/** What the form starts with: every default the schema names. */
export function startOf(shape: Shape): JsonObject {
  const start: JsonObject = {};
  for (const [name, field] of shape.fields) {
    const value = field.fallback ?? (field.kind === 'object' && field.required ? startOf(field) : undefined);
    if (value !== undefined && value !== null) start[name] = value;
  }
  return start;
}

/** An item added to a list. */
export function blankOf(shape: Shape): Json {
  if (shape.fallback !== undefined) return shape.fallback;
  if (shape.kind === 'object') return startOf(shape);
  if (shape.kind === 'list') return [];
  if (shape.kind === 'boolean') return false;
  if (shape.kind === 'number') return shape.least ?? 0;
  return shape.choices[0] ?? '';
}

/** `value` with `name` set, or taken out when there is nothing to say. */
export function withField(value: JsonObject, name: string, next: Json | undefined): JsonObject {
  if (next !== undefined) return { ...value, [name]: next };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
