import type { JobHistogram } from '@/shared/api/types';
import { count } from '@/shared/format/format';
import { totalOf, valuesOf } from './stacks';
import { momentWords } from './words';

/** What the bars show, for those who cannot see them. */
export function HistogramTable({ histogram }: { histogram: JobHistogram }) {
  const values = valuesOf(histogram.by).filter(({ value }) =>
    histogram.points.some((point) => point.counts[value]),
  );
  const busy = histogram.points.filter((point) => totalOf(point) > 0);
  return (
    // In a box of one pixel: a table is as wide as its words, whatever its own width says, and the page with it.
    <div className="sr-only">
      <table>
        <caption>
          Created over time, in steps of {histogram.bucket_seconds / 60} minutes
          {histogram.estimated ? ', estimated' : ''}; {busy.length} of {histogram.points.length} steps have
          any
        </caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            {values.map(({ value, look }) => (
              <th key={value} scope="col">
                {look.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {busy.map((point) => (
            <tr key={point.at}>
              <th scope="row">{momentWords(point.at)}</th>
              {values.map(({ value }) => (
                <td key={value}>{count(point.counts[value] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
