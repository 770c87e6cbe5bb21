/** Times of a histogram in words. */
const locale = typeof navigator === 'undefined' ? 'en' : navigator.language || 'en';
const withDay = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });

export const momentWords = (time: string | number): string => withDay.format(new Date(time));

/** As short as the span allows. */
export const axisWords = (time: number, spanMilliseconds: number): string =>
  (spanMilliseconds > 2 * 86_400_000 ? day : clock).format(new Date(time));
