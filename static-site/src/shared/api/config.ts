/** What `config.json` beside the page may say: the API addresses this site can talk to. Every fault is named. */
import { colourFrom, contrast, type Colour } from '@/shared/styles/contrast';

export interface Environment {
  name: string;
  /** The origin of its API; empty: the page's own. */
  url: string;
  /** Its own colour, if it has one, and which ink can be read upon it. */
  colour: { paint: string; ink: 'dark' | 'light' } | null;
  /** Work that matters: a coloured edge, and destructive acts ask for the name. */
  production: boolean;
}

/** Where the site and the API are one, nothing has to be said. */
export const SAME_ORIGIN: Environment = { name: 'local', url: '', colour: null, production: false };

export class ConfigFault extends Error {
  constructor(readonly faults: string[]) {
    super(faults.join('; '));
    this.name = 'ConfigFault';
  }
}

/** What an environment's colour is seen upon, by theme. */
export type Grounds = Record<'dark' | 'light', Colour>;

const FIELDS = ['name', 'url', 'colour', 'production'];
/** WCAG 2.2, 1.4.11: what is not text, an edge or a dot, needs so much to be made out. */
const LEAST_CONTRAST = 3;
const DARK_INK: Colour = { red: 0, green: 0, blue: 0, alpha: 1 };
const LIGHT_INK: Colour = { red: 255, green: 255, blue: 255, alpha: 1 };

/** The environments a file names, the first of them the usual one. Throws `ConfigFault` with all that is wrong. */
export function environmentsFrom(config: unknown, grounds: Grounds): Environment[] {
  if (!isRecord(config)) throw new ConfigFault(['it must be an object: { "environments": [ ... ] }']);
  const faults = unknownFields(config, ['environments'], '');
  const listed = config.environments;
  if (!Array.isArray(listed) || listed.length === 0) {
    throw new ConfigFault([...faults, 'environments: must be a list with at least one entry']);
  }
  const found = listed.map((one: unknown, index) =>
    environmentFrom(one, `environments[${index}]`, grounds, faults),
  );
  for (const key of ['name', 'url'] as const) {
    const values = found.flatMap((one) => (one ? [one[key]] : []));
    for (const value of new Set(values.filter((one, index) => values.indexOf(one) !== index)))
      faults.push(`environments: "${value}" is the ${key} of more than one`);
  }
  if (faults.length > 0) throw new ConfigFault(faults);
  return found.filter((one) => one !== null);
}

function environmentFrom(one: unknown, at: string, grounds: Grounds, faults: string[]): Environment | null {
  if (!isRecord(one)) {
    faults.push(`${at}: must be an object with name and url`);
    return null;
  }
  faults.push(...unknownFields(one, FIELDS, `${at}.`));
  const { name, url, colour, production = false } = one;
  if (typeof name !== 'string' || name.trim() === '')
    faults.push(`${at}.name: must be a text that is not empty`);
  const origin = typeof url === 'string' ? originOf(url) : null;
  if (origin === null) {
    faults.push(`${at}.url: must be an origin such as "https://api.example.org", or "" for the page's own`);
  }
  if (typeof production !== 'boolean') faults.push(`${at}.production: must be true or false`);
  const painted = colour === undefined ? null : colourOf(colour, `${at}.colour`, grounds, faults);
  return {
    name: String(name).trim(),
    url: origin ?? String(url),
    colour: painted,
    production: production === true,
  };
}

/** Null for what is no origin: a path or a query would be lost without a word. */
function originOf(url: string): string | null {
  if (url === '') return '';
  if (!URL.canParse(url)) return null;
  const { protocol, origin, href } = new URL(url);
  return ['http:', 'https:'].includes(protocol) && href === `${origin}/` ? origin : null;
}

function colourOf(value: unknown, at: string, grounds: Grounds, faults: string[]): Environment['colour'] {
  const colour = typeof value === 'string' ? colourFrom(value) : null;
  if (!colour || colour.alpha !== 1 || typeof value !== 'string') {
    faults.push(`${at}: must be a colour such as "#c0392b"`);
    return null;
  }
  for (const theme of ['dark', 'light'] as const) {
    const ratio = contrast(colour, grounds[theme]);
    if (ratio >= LEAST_CONTRAST) continue;
    faults.push(`${at}: ${value} has a contrast of ${ratio.toFixed(1)} in the ${theme} theme; it needs 3`);
  }
  const isDark = contrast(colour, LIGHT_INK) > contrast(colour, DARK_INK);
  return { paint: value, ink: isDark ? 'light' : 'dark' };
}

const unknownFields = (value: Record<string, unknown>, known: string[], at: string): string[] =>
  Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => `${at}${name}: there is no such field; known are ${known.join(', ')}`);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
