import { expect, it } from 'vitest';
import { shapeOf, startOf } from './shape';

const field = (schema: unknown, required: string[] = ['it']) => {
  const found = shapeOf({
    type: 'object',
    properties: { it: schema },
    required,
    $defs: { Format: { enum: ['csv', 'json'], title: 'Format' } },
  }).fields[0];
  if (!found) throw new Error('no field');
  return found[1];
};

it('follows references', () => {
  expect(field({ $ref: '#/$defs/Format' })).toMatchObject({
    kind: 'choice',
    choices: ['csv', 'json'],
    title: 'Format',
  });
});

it('writes a title that only repeats the name as the rest of the form is written, and keeps any other', () => {
  const titles = (properties: object) =>
    shapeOf({ type: 'object', properties }).fields.map(([, { title }]) => title);

  expect(
    titles({ fail_times: { title: 'Fail Times' }, tag: {}, url: { title: 'Address of the API' } }),
  ).toEqual(['Fail times', 'Tag', 'Address of the API']);
});

it('reads "something or null" as an optional something', () => {
  expect(field({ anyOf: [{ type: 'integer', minimum: 3 }, { type: 'null' }], default: null })).toMatchObject({
    kind: 'number',
    isWhole: true,
    required: false,
    least: 3,
  });
});

it('falls back to plain JSON for what a form cannot draw', () => {
  expect(field({ anyOf: [{ type: 'string' }, { type: 'integer' }] }).kind).toBe('json');
  expect(field({ type: 'object', additionalProperties: true }).kind).toBe('json');
  expect(field(true).kind).toBe('json');
});

it('ends on a schema that refers to itself', () => {
  const tree = {
    $defs: { Tree: { type: 'object', properties: { left: { $ref: '#/$defs/Tree' } } } },
    $ref: '#/$defs/Tree',
  };

  expect(() => shapeOf(tree)).not.toThrow();
});

it('starts with every default that is not null, also in nested objects that must be there', () => {
  const shape = shapeOf({
    type: 'object',
    properties: {
      a: { type: 'integer', default: 3 },
      b: { type: 'string' },
      c: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
      d: { type: 'object', properties: { e: { type: 'boolean', default: true } } },
    },
    required: ['b', 'd'],
  });

  expect(startOf(shape)).toEqual({ a: 3, d: { e: true } });
});
