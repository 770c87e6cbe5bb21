/** Which API this page talks to: chosen once as it loads, so that a page never mixes what two of them say. */
import { colourFrom } from '@/shared/styles/contrast';
import { ConfigFault, environmentsFrom, SAME_ORIGIN, type Environment, type Grounds } from './config';

const CHOSEN_AS = 'trajectory.environment';
/** How the address names it, where there are several: a link opens the same one for whoever it is sent to. */
const NAMED_AS = 'env';

let environments: Environment[] = [SAME_ORIGIN];
let current: Environment = SAME_ORIGIN;
let unknown: string | null = null;

/** Reads `config.json` beside the page. Throws `ConfigFault`; a site without the file has its own origin. */
export async function readEnvironments(): Promise<void> {
  environments = await readConfig();
  const named = new URLSearchParams(location.search).get(NAMED_AS);
  const called = (wanted: string | null) => environments.find(({ name }) => name === wanted);
  // The tab's own choice before the browser's: another tab that switches must not move this one.
  const chosen = sessionStorage.getItem(CHOSEN_AS) ?? localStorage.getItem(CHOSEN_AS);
  current = called(named) ?? called(chosen) ?? environments[0] ?? SAME_ORIGIN;
  unknown = named !== null && environments.length > 1 && !called(named) ? named : null;
  sessionStorage.setItem(CHOSEN_AS, current.name);
  if (environments.length < 2 || named === current.name) return;
  // Also an address that was typed without it can be copied from the bar.
  const query = withEnvironment(new URLSearchParams(location.search));
  history.replaceState(history.state, '', `${location.pathname}?${query}${location.hash}`);
}

async function readConfig(): Promise<Environment[]> {
  let answer: Response;
  try {
    answer = await fetch(`${import.meta.env.BASE_URL}config.json`, { cache: 'no-cache' });
  } catch {
    throw new ConfigFault(['it could not be fetched: no answer came']);
  }
  if (isAbsent(answer)) return [SAME_ORIGIN];
  if (!answer.ok) throw new ConfigFault([`it could not be fetched: the answer was ${answer.status}`]);
  const text = await answer.text();
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw new ConfigFault([`it is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  return environmentsFrom(config, grounds());
}

/** Hosts of single pages answer with the page for what they do not have, and S3 with 403. */
const isAbsent = (answer: Response): boolean =>
  [403, 404].includes(answer.status) ||
  (answer.ok && (answer.headers.get('Content-Type') ?? '').startsWith('text/html'));

/** The ground of each theme, whichever the page is in. */
function grounds(): Grounds {
  const probe = document.createElement('i');
  document.body.append(probe);
  const ground = (theme: keyof Grounds) => {
    probe.dataset.theme = theme;
    const colour = colourFrom(getComputedStyle(probe).getPropertyValue('--bg'));
    if (!colour) throw new Error(`--bg of the ${theme} theme is not written as #rrggbb`);
    return colour;
  };
  const found = { dark: ground('dark'), light: ground('light') };
  probe.remove();
  return found;
}

export const allEnvironments = (): Environment[] => environments;

export const environment = (): Environment => current;

/** The name in the address this page was opened with, when this site has no such environment. */
export const unknownEnvironment = (): string | null => unknown;

export function withoutEnvironment(query: URLSearchParams): URLSearchParams {
  const bare = new URLSearchParams(query);
  bare.delete(NAMED_AS);
  return bare;
}

/** The same query with the environment of this page in it, where a site has several. */
export function withEnvironment(query: URLSearchParams): URLSearchParams {
  const named = withoutEnvironment(query);
  if (environments.length > 1) named.set(NAMED_AS, current.name);
  return named;
}

/** Its colour as the browser takes it, and the ink upon it. */
export function paintOf({ colour, production }: Environment): { paint: string; ink: string } {
  if (colour) return { paint: colour.paint, ink: `var(--ink-${colour.ink})` };
  return { paint: production ? 'var(--fail)' : 'var(--ok)', ink: 'var(--bg)' };
}

/**
 * Another address is another world. The page is loaded anew, because only that surely leaves nothing behind: no held
 * answer, no open socket, no question on its way, no act that could be undone over there.
 */
export function switchEnvironment(name: string, path = '/'): void {
  sessionStorage.setItem(CHOSEN_AS, name);
  localStorage.setItem(CHOSEN_AS, name);
  location.assign(`${path}?${new URLSearchParams({ [NAMED_AS]: name })}`);
}

/** The name under which a browser keeps something of this environment apart from the others. By address: a name may
 * come to mean another server, and what is kept for one, its key above all, must not go to the other. */
export const storedAs = (name: string): string =>
  current.url ? `trajectory.${name} ${current.url}` : `trajectory.${name}`;

export const apiUrl = (path: string): string => `${current.url || location.origin}${path}`;

export const socketUrl = (path: string): string => apiUrl(path).replace(/^http/, 'ws');
