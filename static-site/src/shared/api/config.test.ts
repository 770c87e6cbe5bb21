import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { colourFrom, type Colour } from '@/shared/styles/contrast';
import { ConfigFault, environmentsFrom, SAME_ORIGIN } from './config';
import {
  allEnvironments,
  apiUrl,
  environment,
  readEnvironments,
  storedAs,
  unknownEnvironment,
  withEnvironment,
  withoutEnvironment,
} from './environment';

const colour = (text: string): Colour => {
  const found = colourFrom(text);
  if (!found) throw new Error(text);
  return found;
};
const GROUNDS = { dark: colour('#0a0d14'), light: colour('#eef1f7') };

const faultsOf = (config: unknown): string[] => {
  try {
    environmentsFrom(config, GROUNDS);
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults;
    throw error;
  }
  return [];
};

const one = (change: Record<string, unknown>) => ({
  environments: [{ name: 'a', url: 'https://a.example', ...change }],
});

it('reads name, address, colour and production of each', () => {
  const config = {
    environments: [
      { name: 'staging', url: 'https://staging.example/' },
      { name: 'live', url: 'https://api.example:8443', colour: '#c0392b', production: true },
    ],
  };

  expect(environmentsFrom(config, GROUNDS)).toEqual([
    { name: 'staging', url: 'https://staging.example', colour: null, production: false },
    {
      name: 'live',
      url: 'https://api.example:8443',
      colour: { paint: '#c0392b', ink: 'light' },
      production: true,
    },
  ]);
});

it.each([
  [[], 'it must be an object'],
  [{}, 'environments: must be a list'],
  [{ environments: [] }, 'at least one'],
  [{ environments: ['a'] }, 'environments[0]: must be an object'],
  [one({ name: ' ' }), 'environments[0].name'],
  [one({ url: 'a.example' }), 'environments[0].url'],
  [one({ url: 'https://a.example/api' }), 'environments[0].url'],
  [one({ url: 'ftp://a.example' }), 'environments[0].url'],
  [one({ production: 'yes' }), 'environments[0].production'],
  [one({ prod: true }), 'environments[0].prod: there is no such field'],
  [one({ colour: 'red' }), 'environments[0].colour: must be a colour'],
  [one({ colour: '#101010' }), 'a contrast of 1.0 in the dark theme; it needs 3'],
  [one({ colour: '#ffd54a' }), 'in the light theme; it needs 3'],
])('refuses %j and says what is wrong', (config, fault) => {
  expect(faultsOf(config).join('\n')).toContain(fault);
});

it('names every fault at once, also one name or address that is given twice', () => {
  const config = { environments: [one({ production: 1 }).environments[0], one({}).environments[0]] };

  expect(faultsOf(config)).toEqual([
    'environments[0].production: must be true or false',
    'environments: "a" is the name of more than one',
    'environments: "https://a.example" is the url of more than one',
  ]);
});

function answering(answer: Response): void {
  vi.stubGlobal('fetch', () => Promise.resolve(answer));
}

beforeEach(() => {
  const tokens = document.createElement('style');
  tokens.textContent = `[data-theme='dark'] { --bg: #0a0d14 } [data-theme='light'] { --bg: #eef1f7 }`;
  document.head.replaceChildren(tokens);
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(async () => {
  answering(new Response(null, { status: 404 }));
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, '', '/');
  await readEnvironments();
  vi.unstubAllGlobals();
});

it.each([
  ['a plain 404', new Response(null, { status: 404 })],
  ['the 403 of S3', new Response(null, { status: 403 })],
  [
    'the page, as hosts of single pages do',
    new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } }),
  ],
])('takes %s for an absent file: the own origin', async (_, answer) => {
  answering(answer);
  await readEnvironments();

  expect(allEnvironments()).toEqual([SAME_ORIGIN]);
  expect(apiUrl('/x')).toBe(`${location.origin}/x`);
});

it('refuses a file that is not JSON, and a host that is in trouble, rather than guess an address', async () => {
  answering(new Response('{'));
  await expect(readEnvironments()).rejects.toThrow('it is not JSON');

  answering(new Response('', { status: 500 }));
  await expect(readEnvironments()).rejects.toThrow('the answer was 500');
});

const two = () =>
  new Response(
    JSON.stringify({
      environments: [
        { name: 'a', url: 'https://a.example' },
        { name: 'b', url: 'https://b.example' },
      ],
    }),
  );

it('keeps what belongs to an environment under its address', async () => {
  answering(two());
  await readEnvironments();
  expect(environment().name).toBe('a');
  const keptOfA = storedAs('key');

  sessionStorage.clear();
  history.replaceState(null, '', '/');
  localStorage.setItem('trajectory.environment', 'b');
  answering(two());
  await readEnvironments();

  expect(environment().name).toBe('b');
  expect(storedAs('key')).not.toBe(keptOfA);
});

it('stays in the environment of its own tab, whatever another tab chose', async () => {
  answering(two());
  await readEnvironments();
  localStorage.setItem('trajectory.environment', 'b');
  answering(two());
  await readEnvironments();

  expect(environment().name).toBe('a');
});

it('opens the environment that the address names, before the choice of the tab, and keeps it', async () => {
  answering(two());
  await readEnvironments();
  history.replaceState(null, '', '/jobs?env=b&state=failed');
  answering(two());
  await readEnvironments();
  expect(environment().name).toBe('b');

  history.replaceState(null, '', '/jobs');
  answering(two());
  await readEnvironments();

  expect(environment().name).toBe('b');
  expect(unknownEnvironment()).toBeNull();
});

it('says which environment it does not have, and opens the usual one', async () => {
  history.replaceState(null, '', '/jobs?env=gone');
  answering(two());
  await readEnvironments();

  expect([environment().name, unknownEnvironment()]).toEqual(['a', 'gone']);
});

it('names the environment in an address where there are several, and not where there is one', async () => {
  const query = new URLSearchParams('state=failed&env=b');
  expect(withEnvironment(query).toString()).toBe('state=failed');
  answering(two());
  await readEnvironments();

  expect(withEnvironment(query).toString()).toBe('state=failed&env=a');
  expect(withoutEnvironment(query).toString()).toBe('state=failed');
});
