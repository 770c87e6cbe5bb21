/** The parts of an OpenAPI 3.1 document that the page reads. Whatever else it has is left alone. */
import type { Json } from '@/shared/api/types';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  format?: string;
  pattern?: string;
  enum?: Json[];
  const?: Json;
  default?: Json;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

type Content = Record<string, { schema?: Schema; example?: Json }>;

export interface RawOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
  security?: unknown[];
}

export interface ApiDocument {
  openapi: string;
  info: { title?: string; version?: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** Throws for what is none: a host of single pages answers with the page for an address that it does not have. */
export function documentFrom(value: unknown): ApiDocument {
  if (typeof value !== 'object' || value === null || !('openapi' in value) || !('paths' in value))
    throw new Error('What was answered is no OpenAPI document');
  return value as ApiDocument;
}

const NAMED = '#/components/schemas/';

/** The name of the schema that a reference leads to. */
export const nameOf = ({ $ref }: Schema): string | undefined =>
  $ref?.startsWith(NAMED) ? $ref.slice(NAMED.length).replaceAll('~1', '/').replaceAll('~0', '~') : undefined;

/** What a schema says with its references followed. What stands beside a reference (a default, words) counts more. */
export function resolved(document: ApiDocument, schema: Schema): Schema {
  let found = schema;
  // A reference that leads back to itself ends after as many steps as there are schemas.
  const schemas = document.components?.schemas ?? {};
  for (let left = Object.keys(schemas).length; found.$ref && left >= 0; left -= 1) {
    const { $ref, ...beside } = found;
    found = { ...schemas[nameOf({ $ref }) ?? ''], ...beside };
  }
  return found;
}
