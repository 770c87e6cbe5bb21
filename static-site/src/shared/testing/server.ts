/** A server at the network's edge: answers by method and path, remembers what it was asked. */
import { vi } from 'vitest';
import { credentials } from '@/shared/api/credentials';

export interface Asked {
  route: string;
  url: URL;
  body: unknown;
  authorization: string | null;
}

type Answer = (asked: Asked) => unknown;

/** Done, and nothing to say. */
export const done = (): Response => new Response(null, { status: 204 });

export const refusal = (status: number, problem: Record<string, unknown>): Response =>
  new Response(
    JSON.stringify({
      type: 'about:blank',
      title: 'Refused',
      status,
      code: 'refused',
      detail: '',
      errors: [],
      ...problem,
    }),
    {
      status,
      headers: { 'Content-Type': 'application/problem+json' },
    },
  );

export function serve(routes: Record<string, Answer>): Asked[] {
  const asked: Asked[] = [];
  // Nothing is asked without a key.
  credentials.signIn('tj_test');
  vi.stubGlobal('fetch', async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const body: unknown = request.method === 'GET' ? null : await request.json().catch(() => null);
    const one = {
      route: `${request.method} ${url.pathname}`,
      url,
      body,
      authorization: request.headers.get('Authorization'),
    };
    asked.push(one);
    const answer = await routes[one.route]?.(one);
    if (answer === undefined) return refusal(404, { detail: one.route });
    return answer instanceof Response
      ? answer
      : new Response(JSON.stringify(answer), { headers: { 'Content-Type': 'application/json' } });
  });
  return asked;
}
