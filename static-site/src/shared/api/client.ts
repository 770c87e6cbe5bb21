/** The one way to the API: typed by its OpenAPI document, signed with the key, every refusal thrown as a Problem. */
import createClient, { type Middleware } from 'openapi-fetch';
import { credentials } from './credentials';
import { apiUrl } from './environment';
import { asProblem, Problem, problemFrom } from './problem';
import type { paths } from './schema';
import type { Ticket } from './types';

const SIGNED_OUT = new Problem(401, 'signed_out', 'Signed out', 'Sign in to go on.');

const signed: Middleware = {
  onRequest({ request }) {
    const { key } = credentials.read();
    if (key) request.headers.set('Authorization', `Bearer ${key}`);
    // A page that is being left for sign-in may still want to ask; the server has no other answer.
    else if (!request.headers.has('Authorization')) throw SIGNED_OUT;
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return response;
    const problem = problemFrom(response.status, await response.json().catch(() => null));
    refuseKey(problem, request.headers.get('Authorization'));
    throw problem;
  },
  onError: ({ error }) => (error instanceof DOMException ? error : asProblem(error)),
};

function refuseKey(problem: Problem, authorization: string | null): void {
  if (problem.status !== 401) return;
  credentials.reject(authorization?.replace(/^Bearer /, '') ?? null, problem.detail || problem.title);
}

type Client = ReturnType<typeof createClient<paths>>;

let client: Client | null = null;

/** Made at first use: the address is known only after `config.json` was read. */
export function api(): Client {
  if (!client) {
    client = createClient<paths>({
      baseUrl: apiUrl(''),
      fetch: (request) => fetch(request),
      querySerializer: { array: { style: 'form', explode: true } },
    });
    client.use(signed);
  }
  return client;
}

/** A call's data: refusals were thrown before, so an absent body is a fault of the server. */
export async function read<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  if (data === undefined) throw problemFrom(502, { title: 'The server answered without a body' });
  return data;
}

/** A short-lived stand-in for the key, for addresses that carry no header: sockets and plain links. */
export const takeTicket = (signal?: AbortSignal): Promise<Ticket> =>
  read(api().POST('/api/v1/ticket', { signal }));

/** A full address for a path the server gave, with more in its query. */
export function apiPath(path: string, query: Record<string, string>): string {
  const url = new URL(path, apiUrl('/'));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
