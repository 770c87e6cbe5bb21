import { memo, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { JobHistogram } from '@/shared/api/types';
import { count, exactTime, plural } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { between, bucketAt, movedByKey, startOf, type Edge, type Range } from './brush';
import { barsOf, totalOf, type Part } from './stacks';
import { axisWords, momentWords } from './words';

const LABELS = 5;
const HEIGHT = 100;

interface PlotProps {
  histogram: JobHistogram;
  range: Range | null;
  choose: (range: Range) => void;
  clear: () => void;
}

/** The bars, and over them a range that is drawn with the pointer or moved by its two handles with keys. */
export function Plot({ histogram, range, choose, clear }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const [from, setFrom] = useState<number | null>(null); // where the pointer went down
  const [over, setOver] = useState<number | null>(null);
  const bars = useMemo(() => barsOf(histogram), [histogram]);
  const buckets = histogram.points.length;
  const drawn = from !== null && over !== null ? between(from, over) : range;
  const share = (bucket: number): string => `${(bucket / buckets) * 100}%`;
  const bucketUnder = (event: PointerEvent): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return bucketAt((event.clientX - left) / width, buckets);
  };
  return (
    <div className="relative mt-1.5">
      <div
        ref={box}
        className="relative h-14 cursor-crosshair touch-pan-y border-b border-line-2 select-none max-md:h-10"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const bucket = bucketUnder(event);
          setFrom(bucket);
          setOver(bucket);
        }}
        onPointerMove={(event) => setOver(bucketUnder(event))}
        onPointerLeave={() => from === null && setOver(null)}
        onPointerUp={(event) => {
          // Where it ends, and not where the last move was rendered: a finger is lifted right after it.
          if (from !== null) choose(between(from, bucketUnder(event)));
          setFrom(null);
        }}
        onPointerCancel={() => {
          setFrom(null);
          setOver(null);
        }}
      >
        <Bars bars={bars} />
        {drawn && (
          <>
            <Shade start="0%" end={share(drawn.first)} />
            <Shade start={share(drawn.end)} end="100%" />
          </>
        )}
      </div>
      {(['first', 'end'] as const).map((edge) => (
        <Handle
          key={edge}
          edge={edge}
          range={drawn ?? { first: 0, end: buckets }}
          isSet={drawn !== null}
          histogram={histogram}
          choose={choose}
          clear={clear}
        />
      ))}
      <Axis histogram={histogram} />
      {over !== null && from === null && bars[over] && (
        <Readout histogram={histogram} bucket={over} parts={bars[over]} />
      )}
    </div>
  );
}

const Bars = memo(function Bars({ bars }: { bars: Part[][] }) {
  return (
    <svg
      viewBox={`0 0 ${bars.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="absolute inset-0 size-full"
    >
      {bars.map((parts, bucket) =>
        parts.map(({ value, look, foot, height }) => (
          <rect
            key={`${bucket} ${value}`}
            x={bucket + 0.12}
            width={0.76}
            // A single job among thousands is still a line.
            y={HEIGHT * (1 - foot) - Math.max(HEIGHT * height, 2)}
            height={Math.max(HEIGHT * height, 2)}
            fill="currentColor"
            className={look.tone}
          />
        )),
      )}
    </svg>
  );
});

const Shade = ({ start, end }: { start: string; end: string }) => (
  <span
    className="pointer-events-none absolute inset-y-0 bg-bg opacity-65"
    style={{ left: start, width: `calc(${end} - ${start})` }}
  />
);

interface HandleProps {
  edge: Edge;
  range: Range;
  isSet: boolean;
  histogram: JobHistogram;
  choose: (range: Range) => void;
  clear: () => void;
}

function Handle({ edge, range, isSet, histogram, choose, clear }: HandleProps) {
  const buckets = histogram.points.length;
  const at = range[edge];
  const press = (event: KeyboardEvent) => {
    const next = movedByKey(range, edge, event.key, buckets);
    if (next) choose(next);
    else if (event.key === 'Escape') clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span
      role="slider"
      tabIndex={0}
      aria-label={edge === 'first' ? 'Created from' : 'Created up to'}
      aria-valuemin={0}
      aria-valuemax={buckets}
      aria-valuenow={at}
      aria-valuetext={edge === 'end' && at === buckets ? 'now' : exactTime(pointIso(histogram, at))}
      className={`pointer-events-none absolute top-0 h-14 w-1 -translate-x-1/2 rounded-full max-md:h-10 ${isSet ? 'bg-accent' : ''}`}
      style={{ left: `${(at / buckets) * 100}%` }}
      onKeyDown={press}
    />
  );
}

const pointIso = (histogram: JobHistogram, bucket: number): string =>
  new Date(startOf(histogram, bucket)).toISOString();

function Axis({ histogram }: { histogram: JobHistogram }) {
  const start = Date.parse(histogram.from);
  const span = Date.parse(histogram.to) - start;
  return (
    <div aria-hidden="true" className="num flex justify-between pt-0.5 text-2xs text-faint">
      {Array.from({ length: LABELS }, (_, index) => (
        <span key={index} className={index % 2 === 1 ? 'max-sm:hidden' : ''}>
          {index === LABELS - 1 ? 'now' : axisWords(start + (span * index) / (LABELS - 1), span)}
        </span>
      ))}
    </div>
  );
}

function Readout({ histogram, bucket, parts }: { histogram: JobHistogram; bucket: number; parts: Part[] }) {
  const point = histogram.points[bucket];
  if (!point) return null;
  const share = (bucket + 0.5) / histogram.points.length;
  return (
    <div
      className="popover num pointer-events-none absolute top-full z-30 mt-1 min-w-36 px-3 py-2 text-2xs"
      style={share < 0.5 ? { left: `${share * 100}%` } : { right: `${(1 - share) * 100}%` }}
    >
      <p className="mb-1 flex justify-between gap-4 text-faint">
        {momentWords(point.at)}
        <span>
          {histogram.estimated ? '~' : ''}
          {plural(totalOf(point), 'job')}
        </span>
      </p>
      {[...parts].reverse().map(({ value, look, count: amount }) => (
        <p key={value} className="flex items-center gap-1.5 text-soft">
          <Icon name={look.icon} size={12} className={look.tone} />
          {look.label}
          <b className="ml-auto pl-3 font-[540] text-text">{count(amount)}</b>
        </p>
      ))}
    </div>
  );
}
