/** An operation as it is typed in a terminal. What the reader has to fill in is a variable of the shell. */
import type { Json } from '@/shared/api/types';
import type { Operation } from './groups';
import { resolved, type ApiDocument, type Schema } from './openapi';

const DEEPEST = 6;

export function curlOf(origin: string, document: ApiDocument, operation: Operation): string {
  const { method, path, parameters, body, needsKey } = operation;
  const query = parameters.filter((one) => one.in === 'query' && one.required).map(({ name }) => name);
  const headers = parameters.filter((one) => one.in === 'header' && one.required).map(({ name }) => name);
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => variable(name));
  const asked = query.map((name) => `${name}=${variable(name)}`).join('&');
  const verb = method === 'GET' ? '' : `-X ${method} `;
  return [
    `curl ${verb}"${origin}${address}${asked && `?${asked}`}"`,
    ...(needsKey ? ['-H "Authorization: Bearer $KEY"'] : []),
    ...headers.map((name) => `-H "${name}: ${variable(name)}"`),
    ...(body ? [`-H "Content-Type: ${body.mediaType}"`, `-d '${typed(bodyOf(document, operation))}'`] : []),
  ].join(' \\\n  ');
}

const variable = (name: string): string => `$${name.replaceAll(/\W/g, '_').toUpperCase()}`;

/** Within single quotes of a shell, indented like the other lines. */
const typed = (value: Json): string =>
  JSON.stringify(value, null, 2).replaceAll("'", "'\\''").replaceAll('\n', '\n  ');

function bodyOf(document: ApiDocument, { body }: Operation): Json {
  if (!body) return null;
  return body.example === undefined ? least(document, body.schema, 0) : body.example;
}

/** The least value that a schema takes: required fields only. A field that has itself within ends somewhere. */
function least(document: ApiDocument, schema: Schema, depth: number): Json {
  const whole = resolved(document, schema);
  const said = [whole.default, whole.const, whole.enum?.[0]].find(
    (value) => value !== undefined && value !== null,
  );
  if (said !== undefined) return said;
  const [variant] = whole.anyOf ?? whole.oneOf ?? whole.allOf ?? [];
  if (variant && depth < DEEPEST) return least(document, variant, depth + 1);
  if (whole.type === 'array' || whole.items) return [];
  if (whole.type === 'object' || whole.properties) return leastObject(document, whole, depth);
  if (whole.type === 'boolean') return true;
  if (whole.type === 'integer' || whole.type === 'number') return whole.minimum ?? 1;
  return 'text';
}

function leastObject(document: ApiDocument, { properties = {}, required = [] }: Schema, depth: number): Json {
  if (depth >= DEEPEST) return {};
  const fields = required.flatMap((name) => (properties[name] ? [[name, properties[name]] as const] : []));
  return Object.fromEntries(fields.map(([name, own]) => [name, least(document, own, depth + 1)]));
}
