/** Line icons on a 16 px grid, drawn with the text's colour. Decorative: the word beside them is what is read out. */
const PATHS = {
  overview: 'M2 13V7M6 13V3M10 13V9M14 13V5',
  jobs: 'M2 4h12M2 8h12M2 12h8',
  submit: 'M8 13V3M4 7l4-4 4 4',
  lanes: 'M2 4h5M9.5 4H14M2 8h8M12.5 8H14M2 12h3M7.5 12H14',
  workers:
    'M3 3h10a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM3 9h10a1 1 0 0 1 1 1v2a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-2a1 1 0 0 1 1-1zM5 5h.01M5 11h.01',
  schedules: 'M3 4h10v9.5H3zM3 7.2h10M5.5 2.5v2.8M10.5 2.5v2.8',
  queues: 'M8 2.5l6 3-6 3-6-3zM2.5 8.2L8 11l5.5-2.8M2.5 11L8 13.8l5.5-2.8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  now: 'M3 4l5 4-5 4zM9 4l5 4-5 4z',
  edit: 'M10.5 2.8l2.7 2.7-7.6 7.6H2.9v-2.7z',
  remove: 'M3 4.5h10M6.3 4.5V2.8h3.4v1.7M4.6 4.5l.5 8.7h5.8l.5-8.7',
  stop: 'M4 4h8v8H4z',
  resize: 'M9.5 3H13v3.5M6.5 13H3V9.5M13 3L9 7M3 13l4-4',
  code: 'M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.5V8l2.5 1.5',
  queued: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.2 8h.01M8 8h.01M10.8 8h.01',
  errors: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.5M8 11h.01',
  warning: 'M8 2l6.5 11.5h-13zM8 6.5v3M8 11.5h.01',
  high: 'M4 8l4-4 4 4M4 12l4-4 4 4',
  medium: 'M3 6h10M3 10h10',
  low: 'M4 4l4 4 4-4M4 8l4 4 4-4',
  ok: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.5 8.2l1.8 1.8 3.4-3.8',
  fail: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6 6l4 4M10 6l-4 4',
  cancelled: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM4 12l8-8',
  lost: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.4 6.4a1.7 1.7 0 1 1 2.3 1.6c-.5.2-.7.5-.7 1M8 11h.01',
  retry: 'M13 8a5 5 0 1 1-1.5-3.5L13 6M13 3v3h-3',
  play: 'M5 3.5v9l7.5-4.5z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5L14 14',
  moon: 'M13 9.5A5.5 5.5 0 1 1 6.5 3a4.5 4.5 0 0 0 6.5 6.5z',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  screen: 'M2.5 3h11v8h-11zM6 13.5h4M8 11v2.5',
  copy: 'M6 6h7.5v7.5H6zM3.5 10h-1V2.5H10v1',
  check: 'M3.5 8.5l3 3 6-7',
  close: 'M4 4l8 8M12 4l-8 8',
  chevron: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  download: 'M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 13.5h10',
  help: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.4 6.4a1.7 1.7 0 1 1 2.3 1.6c-.5.2-.7.5-.7 1M8 11h.01',
  leave: 'M9.5 2.5h4v11h-4M2.5 8h7M6.5 5l3 3-3 3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  follow: 'M2.5 8h7M6.5 5l3 3-3 3M13 3v10',
  table: 'M2.5 3h11v10h-11zM2.5 6.5h11M6.5 6.5V13',
  back: 'M10 4L6 8l4 4',
  filter: 'M2 4h12M4.5 8h7M6.5 12h3',
  tag: 'M2.5 2.5H8L13.5 8 8 13.5 2.5 8zM5.3 5.3h.01',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  duplicate: 'M6 6h7.5v7.5H6zM3.5 10h-1V2.5H10v1M9.75 8v3.5M8 9.75h3.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({
  name,
  size = 16,
  className = '',
}: {
  name: IconName;
  size?: number;
  className?: string;
}) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`flex-none ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 22 22"
      fill="none"
      strokeWidth={2.4}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M2 18C8 18 8 5 20 4" className="stroke-high" />
      <path d="M2 18c8 0 9-7 18-7" className="stroke-medium" />
      <path d="M2 18h18" className="stroke-low" />
    </svg>
  );
}
