/** Numbers, spans and times as a reader sees them, in the reader's locale. Nothing here knows a job. */
const locale = typeof navigator === 'undefined' ? 'en' : navigator.language || 'en';

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
/** Of 24 hours for every reader, so that columns of times keep their width. */
const OF_THE_DAY = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const clockTime = new Intl.DateTimeFormat(locale, OF_THE_DAY);
const clockMillis = new Intl.DateTimeFormat(locale, { ...OF_THE_DAY, fractionalSecondDigits: 3 });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });

export const count = (value: number): string => whole.format(value);
export const decimal = (value: number): string => (value >= 100 ? whole.format(value) : short.format(value));
export const compactCount = (value: number): string =>
  value < 10_000 ? whole.format(value) : compact.format(value);

/** A count that stopped at a limit says so: 10,000+. */
export const countUpTo = (value: number, limit: number): string =>
  value >= limit ? `${whole.format(limit)}+` : whole.format(value);

/** `0.41 s`, `12 s`, `1 m 22 s`, `2 h 5 m`, `3 d 4 h`; a dash for nothing. */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  const value = Math.max(0, seconds);
  if (value < 0.0005) return '0 s';
  if (value < 0.1) return `${Math.max(1, Math.round(value * 1000))} ms`;
  if (value < 10) return `${(value < 1 ? fine : short).format(value)} s`;
  if (value < 59.5) return `${Math.round(value)} s`;
  return pair(Math.round(value));
}

function pair(total: number): string {
  const steps: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
    [1, 's'],
  ];
  const at = steps.findIndex(([size]) => total >= size);
  const [size, unit] = steps[at] ?? [1, 's'];
  const [less, lesser] = steps[at + 1] ?? [1, ''];
  const rest = Math.floor((total % size) / less);
  return rest > 0 && lesser
    ? `${Math.floor(total / size)} ${unit} ${rest} ${lesser}`
    : `${Math.floor(total / size)} ${unit}`;
}

/** Whole seconds only: for what ticks, so that it does not flicker. */
export const ticking = (seconds: number): string => span(Math.max(0, Math.round(seconds)));

/** `now`, `40 s ago`, `6 m ago`, `in 12 s`. */
export function relative(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1000;
  if (Math.abs(seconds) < 1.5) return 'now';
  const coarse = coarseSpan(Math.abs(seconds));
  return seconds > 0 ? `${coarse} ago` : `in ${coarse}`;
}

function coarseSpan(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export const timeOfDay = (time: string): string => clockTime.format(new Date(time));
export const timeOfDayMillis = (time: string): string => clockMillis.format(new Date(time));
export const exactTime = (time: string): string => exact.format(new Date(time));

/** A day and a time as the clocks of a time zone show them: `Wed, 25 Nov, 03:00`. */
export const timeInZone = (time: string, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(new Date(time));

/** `12 B`, `84.2 MB`; a dash for nothing. */
export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${short.format(value)} ${units[unit] ?? 'B'}`;
}

/** Enough of a UUIDv7 to tell two apart: its end is random, its start is time. */
export const shortId = (id: string): string => (id.length > 18 ? `${id.slice(0, 8)}…${id.slice(-6)}` : id);

export const plural = (amount: number, one: string, many = `${one}s`): string =>
  `${count(amount)} ${amount === 1 ? one : many}`;

/** The first letter large, as a sentence begins. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
