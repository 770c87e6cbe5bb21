/** A schema in words: its type, its limits, its values, and the objects within it that unfold. */
import type { Json } from '@/shared/api/types';
import { nameOf, resolved, type ApiDocument, type Parameter, type Schema } from './openapi';

/** Lists within lists: one that has itself within would never end. */
const DEEPEST = 6;
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });

const count = (value: number): string => NUMBER.format(value);

export interface Told {
  type: string;
  /** Limits, what stands for it when it is left out, whether it may be null. */
  notes: string[];
  /** The only values there are. */
  values: string[];
  /** What has fields of its own. */
  inner: { name: string; schema: Schema }[];
}

const isNull = (schema: Schema): boolean => schema.type === 'null';

/** The schemas that a value may be of, without null; what the union itself says stands in each. */
function variantsOf(document: ApiDocument, schema: Schema): Schema[] {
  const { anyOf, oneOf, allOf, ...beside } = resolved(document, schema);
  if (allOf) return [Object.assign({}, ...allOf.map((part) => resolved(document, part)), beside) as Schema];
  const variants = (anyOf ?? oneOf)?.filter((one) => !isNull(one));
  return variants ? variants.map((one) => ({ ...one, ...beside })) : [schema];
}

function mayBeNull(document: ApiDocument, schema: Schema): boolean {
  const { anyOf, oneOf, type } = resolved(document, schema);
  return (anyOf ?? oneOf ?? []).some(isNull) || (Array.isArray(type) && type.includes('null'));
}

export function told(document: ApiDocument, schema: Schema, depth = 0): Told {
  if (depth > DEEPEST) return { type: 'any value', notes: [], values: [], inner: [] };
  const variants = variantsOf(document, schema).map((one) => variant(document, one, depth + 1));
  const { default: byDefault } = resolved(document, schema);
  const merged = <T>(part: (one: Told) => T[]): T[] => [...new Set(variants.flatMap(part))];
  return {
    type: merged(({ type }) => [type]).join(' or '),
    notes: [
      ...merged(({ notes }) => notes),
      ...(mayBeNull(document, schema) ? ['or null'] : []),
      ...(byDefault === undefined || byDefault === null ? [] : [`by default ${inShort(byDefault)}`]),
    ],
    values: merged(({ values }) => values),
    inner: merged(({ inner }) => inner),
  };
}

/** As it stands in an address: nothing can be null there, and a list is the name again for each of its values. */
export function toldOfParameter(document: ApiDocument, { schema = {} }: Parameter): Told {
  const all = told(document, schema);
  const isList = all.type.startsWith('list of ');
  const notes = all.notes.filter((note) => note !== 'or null' && note !== 'by default none');
  return {
    ...all,
    type: all.type.replace('list of ', ''),
    notes: isList ? [...notes, 'may be repeated'] : notes,
  };
}

function variant(document: ApiDocument, schema: Schema, depth: number): Told {
  const whole = resolved(document, schema);
  const name = nameOf(schema) ?? whole.title ?? 'object';
  if (whole.items) return listOf(told(document, whole.items, depth), whole);
  if (whole.properties && Object.keys(whole.properties).length > 0)
    return { type: 'object', notes: [], values: [], inner: [{ name, schema: whole }] };
  if (typeof whole.additionalProperties === 'object') {
    const names = whole.propertyNames ? told(document, whole.propertyNames, depth).values : [];
    return mapOf(told(document, whole.additionalProperties, depth), names);
  }
  const values = whole.const === undefined ? (whole.enum ?? []) : [whole.const];
  return { type: typeWords(whole), notes: limits(whole), values: values.map(plain), inner: [] };
}

function listOf(of: Told, list: Schema): Told {
  const notes = [...of.notes.map((note) => `each ${note}`), ...limits(list)];
  return { ...of, type: `list of ${of.type}`, notes };
}

function mapOf(each: Told, names: string[]): Told {
  const notes = names.length > 0 ? [`under ${names.join(', ')}`] : [];
  return { ...each, type: `object of any names, each ${each.type}`, notes: [...notes, ...each.notes] };
}

const FORMATS: Record<string, string> = { uuid: 'UUID', 'date-time': 'time, ISO 8601' };

function typeWords({ type, format, enum: values, const: only }: Schema): string {
  const types = (Array.isArray(type) ? type : [type ?? '']).filter((one) => one !== 'null');
  const word = types.join(' or ') || (values || only !== undefined ? 'string' : 'any value');
  return format ? `${word} (${FORMATS[format] ?? format})` : word;
}

const LENGTHS = [
  { least: 'minLength', most: 'maxLength', unit: 'characters' },
  { least: 'minItems', most: 'maxItems', unit: 'items' },
] as const;

function limits(schema: Schema): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern } = schema;
  const found = LENGTHS.map(({ least, most, unit }) => span(schema[least] || undefined, schema[most], unit));
  if (exclusiveMinimum !== undefined) found.push(`more than ${count(exclusiveMinimum)}`);
  if (exclusiveMaximum !== undefined) found.push(`less than ${count(exclusiveMaximum)}`);
  found.push(span(minimum, maximum, ''));
  if (pattern !== undefined) found.push(`like ${pattern}`);
  return found.filter((words) => words !== '');
}

function span(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return '';
  const amounts =
    least === undefined
      ? `at most ${count(most ?? 0)}`
      : most === undefined
        ? `at least ${count(least)}`
        : `${count(least)} to ${count(most)}`;
  return unit ? `${amounts} ${unit}` : amounts;
}

const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const inShort = (value: Json): string => {
  if (Array.isArray(value) && value.length === 0) return 'none';
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
    ? 'empty'
    : plain(value);
};

export interface Field {
  name: string;
  schema: Schema;
  required: boolean;
}

export const fieldsOf = (document: ApiDocument, schema: Schema): Field[] => {
  const { properties = {}, required = [] } = resolved(document, schema);
  return Object.entries(properties).map(([name, own]) => ({
    name,
    schema: own,
    required: required.includes(name),
  }));
};
