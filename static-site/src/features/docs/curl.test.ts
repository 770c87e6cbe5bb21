import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { curlOf } from './curl';
import { groupsOf, type Operation } from './groups';
import { documentFrom, type ApiDocument } from './openapi';

const OURS = documentFrom(JSON.parse(readFileSync('openapi.json', 'utf8')));

const DESCRIBED: ApiDocument = {
  openapi: '3.1.0',
  info: {},
  paths: {
    '/things/{thing_id}': {
      put: {
        operationId: 'put_thing',
        parameters: [
          { name: 'thing_id', in: 'path', required: true },
          { name: 'as', in: 'query', required: true },
          { name: 'sort', in: 'query' },
          { name: 'If-Match', in: 'header', required: true },
        ],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
      },
    },
    '/health': { get: { operationId: 'health', security: [] } },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          size: { type: 'integer', minimum: 3 },
          kind: { enum: ['round', 'flat'] },
          within: { anyOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'null' }] },
          note: { type: 'string' },
        },
        required: ['name', 'size', 'kind'],
      },
      Knot: {
        type: 'object',
        properties: { knot: { $ref: '#/components/schemas/Knot' } },
        required: ['knot'],
      },
    },
  },
};

const operationsOf = (described: ApiDocument): Operation[] =>
  groupsOf(described).flatMap(({ operations }) => operations);

const curl = (described: ApiDocument, id: string): string => {
  const operation = operationsOf(described).find((one) => one.id === id);
  return operation ? curlOf('https://one.example', described, operation) : '';
};

it('leaves to variables of the shell what the reader knows, and sends only what is required', () => {
  expect(curl(DESCRIBED, 'put_thing')).toBe(
    [
      'curl -X PUT "https://one.example/things/$THING_ID?as=$AS" \\',
      '  -H "Authorization: Bearer $KEY" \\',
      '  -H "If-Match: $IF_MATCH" \\',
      '  -H "Content-Type: application/json" \\',
      `  -d '{`,
      '    "name": "text",',
      '    "size": 3,',
      '    "kind": "round"',
      `  }'`,
    ].join('\n'),
  );
});

it('sends no key where none is needed', () => {
  expect(curl(DESCRIBED, 'health')).toBe('curl "https://one.example/health"');
});

it('sends the example of the document rather than one of its own, safe within the quotes of a shell', () => {
  const body = { content: { 'application/json': { schema: {}, example: { name: "it's" } } } };
  const described = { ...DESCRIBED, paths: { '/x': { post: { operationId: 'x', requestBody: body } } } };

  expect(curl(described, 'x')).toContain(`"name": "it'\\''s"`);
});

it('ends for a body that requires itself within', () => {
  const body = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Knot' } } } };
  const described = { ...DESCRIBED, paths: { '/x': { post: { operationId: 'x', requestBody: body } } } };

  expect(curl(described, 'x')).toContain('"knot": {}');
});

it('makes of every body of our own document one that is JSON and has what is required', () => {
  const withBody = operationsOf(OURS).filter(({ body }) => body);
  expect(withBody.length).toBeGreaterThan(5);

  for (const { id } of withBody) {
    const sent: unknown = JSON.parse(/-d '(.*)'$/s.exec(curl(OURS, id))?.[1] ?? '');
    expect(Object.keys(sent as object).length, id).toBeGreaterThan(0);
  }
});
