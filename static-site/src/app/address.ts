/**
 * How a search stands in the address: readable by people, `?state=failed,queued&tag=nightly`, and with the environment
 * behind it where the site has several. Pages know nothing of that: every link is written here.
 */
import { withEnvironment, withoutEnvironment } from '@/shared/api/environment';

export function parseSearch(text: string): Record<string, unknown> {
  return Object.fromEntries(withoutEnvironment(new URLSearchParams(text)));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const written = Array.isArray(value)
      ? value.join(',')
      : value === undefined || value === null
        ? ''
        : String(value);
    if (written) parts.set(name, written);
  }
  const text = withEnvironment(parts).toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text ? `?${text}` : '';
}
