import { expect, it } from 'vitest';
import type { ApiDocument, Schema } from './openapi';
import { fieldsOf, told, toldOfParameter } from './words';

const NODE: Schema = {
  type: 'object',
  title: 'Node',
  properties: {
    name: { type: 'string' },
    children: { type: 'array', items: { $ref: '#/components/schemas/Node' } },
  },
  required: ['name'],
};
const DESCRIBED: ApiDocument = {
  openapi: '3.1.0',
  info: {},
  paths: {},
  components: {
    schemas: {
      Node: NODE,
      Priority: { type: 'string', enum: ['high', 'low'] },
      Endless: { type: 'array', items: { $ref: '#/components/schemas/Endless' } },
      Itself: { $ref: '#/components/schemas/Itself' },
    },
  },
};
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const words = (schema: Schema): string => {
  const { type, notes } = told(DESCRIBED, schema);
  return [type, ...notes].join(', ');
};

it.each<[string, Schema, string]>([
  ['a span of numbers', { type: 'integer', minimum: 1, maximum: 1000 }, 'integer, 1 to 1,000'],
  ['an open end', { type: 'number', exclusiveMinimum: 0.5 }, 'number, more than 0.5'],
  ['a length', { type: 'string', minLength: 0, maxLength: 200 }, 'string, at most 200 characters'],
  ['a format', { type: 'string', format: 'uuid' }, 'string (UUID)'],
  ['null in a union', { anyOf: [{ type: 'boolean' }, { type: 'null' }], default: null }, 'boolean, or null'],
  ['null in a list of types', { type: ['integer', 'null'] }, 'integer, or null'],
  ['a union', { anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'string or integer'],
  ['a default', { ...ref('Priority'), default: 'low' }, 'string, by default low'],
  ['a default without content', { type: 'object', default: {} }, 'object, by default empty'],
  [
    'a list and what is in it',
    { type: 'array', maxItems: 20, items: { type: 'string', maxLength: 9 } },
    'list of string, each at most 9 characters, at most 20 items',
  ],
  [
    'an object by names',
    { type: 'object', propertyNames: ref('Priority'), additionalProperties: { type: 'integer' } },
    'object of any names, each integer, under high, low',
  ],
  ['nothing at all', {}, 'any value'],
])('says %s in words', (_, schema, wanted) => {
  expect(words(schema)).toBe(wanted);
});

it('lists the values behind a reference, also of the items of a list', () => {
  expect(told(DESCRIBED, { type: 'array', items: ref('Priority') }).values).toEqual(['high', 'low']);
  expect(told(DESCRIBED, { const: 'one' }).values).toEqual(['one']);
});

it('unfolds an object that has itself within, one level at a time', () => {
  const [node] = told(DESCRIBED, { anyOf: [ref('Node'), { type: 'null' }] }).inner;
  expect(node?.name).toBe('Node');
  const children = fieldsOf(DESCRIBED, node?.schema ?? {}).find(({ name }) => name === 'children');

  expect(children?.required).toBe(false);
  expect(told(DESCRIBED, children?.schema ?? {}).inner[0]?.name).toBe('Node');
});

it('comes to an end with a schema that is nothing but itself', () => {
  expect(words(ref('Endless'))).toMatch(/^list of list of .*any value$/);
  expect(words(ref('Itself'))).toBe('any value');
});

it('says of a parameter that it may be repeated, and never that it may be null', () => {
  const list = {
    name: 'state',
    in: 'query',
    schema: { type: 'array', items: { type: 'string' }, default: [] },
  };
  const text = {
    name: 'q',
    in: 'query',
    schema: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
  };

  expect(toldOfParameter(DESCRIBED, list)).toMatchObject({ type: 'string', notes: ['may be repeated'] });
  expect(toldOfParameter(DESCRIBED, text)).toMatchObject({ type: 'string', notes: [] });
});
