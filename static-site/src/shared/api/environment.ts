/** Which API this site talks to: read once from `config.json` beside the page. An empty url is the page's own origin. */
export interface Environment {
  name: string;
  url: string;
}

let environments: Environment[] = [{ name: 'local', url: '' }];

const STORED_AS = 'trajectory.environment';

export async function readEnvironments(): Promise<void> {
  try {
    const answer = await fetch(`${import.meta.env.BASE_URL}config.json`, { cache: 'no-cache' });
    const found = environmentsFrom(await answer.json());
    if (found.length > 0) environments = found;
  } catch {
    // Without a readable file the page's own origin is the only sensible address.
  }
}

export function environmentsFrom(config: unknown): Environment[] {
  if (typeof config !== 'object' || config === null || !('environments' in config)) return [];
  if (!Array.isArray(config.environments)) return [];
  return config.environments.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'name' in one && 'url' in one
      ? [{ name: String(one.name), url: String(one.url).replace(/\/$/, '') }]
      : [],
  );
}

export const allEnvironments = (): Environment[] => environments;

export function environment(): Environment {
  const chosen = localStorage.getItem(STORED_AS);
  return environments.find((one) => one.name === chosen) ?? environments[0] ?? { name: 'local', url: '' };
}

/** Another address is another world: start over with an empty cache. */
export function switchEnvironment(name: string): void {
  localStorage.setItem(STORED_AS, name);
  location.assign('/');
}

export const apiUrl = (path: string): string => `${environment().url || location.origin}${path}`;

export const socketUrl = (path: string): string => apiUrl(path).replace(/^http/, 'ws');
