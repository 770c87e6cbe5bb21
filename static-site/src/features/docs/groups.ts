/** The operations of a document in its groups, and those among them that words find. */
import type { Json } from '@/shared/api/types';
import type { ApiDocument, Parameter, RawOperation, Schema } from './openapi';

export interface Answer {
  /** `default` stands for all that are not listed. */
  status: string;
  words: string;
  mediaType?: string;
  schema?: Schema;
}

export interface Body {
  required: boolean;
  mediaType: string;
  schema: Schema;
  example?: Json;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  group: string;
  parameters: Parameter[];
  body: Body | null;
  answers: Answer[];
  needsKey: boolean;
}

export interface Group {
  name: string;
  description: string;
  operations: Operation[];
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function groupsOf(document: ApiDocument): Group[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => (methods[method] ? [operationOf(path, method, methods[method])] : [])),
  );
  const declared = document.tags ?? [];
  const names = new Set([...declared.map(({ name }) => name), ...operations.map(({ group }) => group)]);
  return [...names]
    .map((name) => ({
      name,
      description: declared.find((tag) => tag.name === name)?.description ?? '',
      operations: operations.filter(({ group }) => group === name),
    }))
    .filter(({ operations: own }) => own.length > 0);
}

function operationOf(path: string, method: string, raw: RawOperation): Operation {
  return {
    id: raw.operationId ?? `${method} ${path}`,
    method: method.toUpperCase(),
    path,
    summary: raw.summary ?? '',
    description: raw.description ?? '',
    group: raw.tags?.[0] ?? 'Other',
    parameters: raw.parameters ?? [],
    body: bodyOf(raw),
    answers: answersOf(raw),
    needsKey: raw.security?.length !== 0,
  };
}

function bodyOf({ requestBody }: RawOperation): Body | null {
  const [first] = Object.entries(requestBody?.content ?? {});
  if (!first) return null;
  const [mediaType, { schema = {}, example }] = first;
  return { required: requestBody?.required ?? false, mediaType, schema, example };
}

function answersOf({ responses = {} }: RawOperation): Answer[] {
  const answers = Object.entries(responses).map(([status, { description = '', content = {} }]) => {
    const [first] = Object.entries(content);
    return { status, words: description, mediaType: first?.[0], schema: first?.[1].schema };
  });
  // Statuses in their order, what stands for all others last.
  return answers.sort((a, b) => a.status.localeCompare(b.status));
}

/** Those that have every word somewhere in what a reader sees of them; groups without any are left out. */
export function matching(groups: Group[], typed: string): Group[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return groups;
  return groups
    .map((group) => ({
      ...group,
      operations: group.operations.filter((operation) => {
        const text = textOf(operation);
        return words.every((word) => text.includes(word));
      }),
    }))
    .filter(({ operations }) => operations.length > 0);
}

const textOf = ({ method, path, id, summary, description, group, parameters }: Operation): string =>
  [method, path, id, summary, description, group, ...parameters.map(({ name }) => name)]
    .join(' ')
    .toLowerCase();
