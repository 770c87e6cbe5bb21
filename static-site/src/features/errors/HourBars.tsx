import type { ErrorGroup } from '@/shared/api/types';
import { exactTime, plural } from '@/shared/format/format';

const GAP = 0.25;
const LEAST = 0.06;

/** A bar for each hour, the latest at the right. What happened at all can be seen, however small. */
export function HourBars({
  hours,
  span,
  className,
}: {
  hours: ErrorGroup['hours'];
  /** What the bars cover, in words. */
  span: string;
  className: string;
}) {
  const most = Math.max(...hours.map(({ count }) => count), 1);
  const total = hours.reduce((sum, { count }) => sum + count, 0);
  return (
    <svg
      viewBox={`0 0 ${hours.length} 1`}
      preserveAspectRatio="none"
      className={`w-full overflow-visible ${className}`}
      role="img"
      aria-label={`${plural(total, 'failure')} in ${span}, at most ${most} in an hour`}
    >
      <line
        x1={0}
        x2={hours.length}
        y1={1}
        y2={1}
        className="stroke-line-2"
        strokeWidth={1}
        vectorEffect="non-scaling-stroke"
      />
      {hours.map(({ at, count }, index) => {
        const height = count === 0 ? 0 : Math.max(LEAST, count / most);
        return (
          <g key={at}>
            {/* As high as the chart, so that an empty hour tells of itself too. */}
            <rect x={index} y={0} width={1} height={1} className="fill-transparent">
              <title>{`${exactTime(at)}: ${plural(count, 'failure')} in this hour`}</title>
            </rect>
            {count > 0 && (
              <rect
                x={index + GAP / 2}
                y={1 - height}
                width={1 - GAP}
                height={height}
                className="pointer-events-none fill-fail"
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}
