/** The shape of a series, without axes: the figure beside it carries the value. */
export function Sparkline({ values, colour, label }: { values: number[]; colour: string; label: string }) {
  const width = 150;
  const height = 44;
  const most = Math.max(...values, 1);
  const step = width / Math.max(1, values.length - 1);
  const points = values
    .map(
      (value, index) =>
        `${(index * step).toFixed(1)},${(height - 2 - (value / most) * (height - 6)).toFixed(1)}`,
    )
    .join(' ');
  if (values.length < 2) return null;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="h-11 w-full"
      role="img"
      aria-label={label}
    >
      <polygon
        points={`0,${height} ${points} ${width},${height}`}
        fill={`color-mix(in oklab, ${colour} 16%, transparent)`}
      />
      <polyline
        points={points}
        fill="none"
        stroke={colour}
        strokeWidth={1.6}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
