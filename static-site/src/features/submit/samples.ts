/** The same submission for a terminal and for Python. */
import type { Submission } from '@/shared/api/types';

const indented = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`);

export function curlSample(origin: string, submission: Submission): string {
  const body = JSON.stringify(submission, null, 2).replaceAll("'", "'\\''");
  return [
    `curl -X POST ${origin}/api/v1/jobs \\`,
    `  -H "Authorization: Bearer $TRAJECTORY_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${indented(body, '  ')}'`,
  ].join('\n');
}

export function pythonSample(origin: string, submission: Submission): string {
  return [
    'import os',
    'import httpx',
    '',
    'job = httpx.post(',
    `    "${origin}/api/v1/jobs",`,
    '    headers={"Authorization": f"Bearer {os.environ[\'TRAJECTORY_KEY\']}"},',
    `    json=${indented(pythonLiteral(submission, 0), '    ')},`,
    ').raise_for_status().json()',
    'print(job["id"], job["state"])',
  ].join('\n');
}

function pythonLiteral(value: unknown, depth: number): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const pad = '    '.repeat(depth + 1);
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    const literal = pythonLiteral(inner, depth + 1);
    return `${pad}${isList ? literal : `${JSON.stringify(key)}: ${literal}`},`;
  });
  const [start, end] = isList ? ['[', ']'] : ['{', '}'];
  return entries.length === 0
    ? start + end
    : `${start}\n${entries.join('\n')}\n${'    '.repeat(depth)}${end}`;
}
