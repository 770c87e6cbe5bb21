/** What the server said when it refused (RFC 9457), as an Error. `status` 0: no answer came at all. */
export interface FieldFault {
  pointer: string;
  message: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly faults: FieldFault[] = [],
  ) {
    super(detail || title);
    this.name = 'Problem';
  }
}

export function problemFrom(status: number, body: unknown): Problem {
  const text = (key: string): string => {
    const value: unknown = isRecord(body) ? body[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const errors = isRecord(body) && Array.isArray(body.errors) ? body.errors : [];
  const faults = errors.flatMap((fault: unknown) =>
    isRecord(fault) && typeof fault.pointer === 'string' && typeof fault.message === 'string'
      ? [{ pointer: fault.pointer, message: fault.message }]
      : [],
  );
  const title = text('title') || `The server answered ${status}`;
  return new Problem(status, text('code') || 'unknown', title, text('detail'), faults);
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, 'unreachable', 'The server cannot be reached', 'No answer came. Is it running?');
}

/** The server knows of no such thing, or not any more. */
export const isGone = (error: unknown): boolean => error instanceof Problem && error.status === 404;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
