/** The same as the canvas, as text: the runs of the span in the order in which they started. */
import { Link } from '@tanstack/react-router';
import { useNow } from '@/shared/format/clock';
import { count } from '@/shared/format/format';
import { OutcomeBadge, PriorityLabel } from '@/shared/ui/labels';
import { Notice } from '@/shared/ui/notices';
import type { PlacedRun } from './timeline';
import { preciseTime, ran, waited } from './words';

const MOST_ROWS = 400;
const HEADS = ['Started', 'Priority', 'Task', 'Slot', 'Waited', 'Ran', 'Outcome'];
const CELL = 'px-4 py-2 whitespace-nowrap';

export function LanesTable({ runs }: { runs: PlacedRun[] }) {
  const now = useNow();
  const rows = runs.slice(-MOST_ROWS);
  if (rows.length === 0)
    return (
      <Notice icon="lanes" title="Nothing ran in this span">
        Look at an earlier or a longer one.
      </Notice>
    );
  return (
    <div className="min-h-0 overflow-auto" tabIndex={0} role="region" aria-label="Runs by their start">
      {rows.length < runs.length && (
        <p className="border-b border-line px-4 py-2 text-xs text-soft">
          The last {count(rows.length)} of {count(runs.length)} runs; zoom in to see others.
        </p>
      )}
      <table className="num w-full text-left text-xs" aria-label="Runs, the first to start first">
        <thead className="sticky top-0 z-10 bg-solid text-faint">
          <tr className="border-b border-line">
            {HEADS.map((head) => (
              <th key={head} scope="col" className={`${CELL} font-normal`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((run) => (
            <tr key={run.key} className="hover:bg-panel-2">
              <td className={CELL}>{preciseTime(run.start)}</td>
              <td className={CELL}>
                <PriorityLabel priority={run.priority} />
              </td>
              <td className={CELL}>
                <Link
                  to="/jobs/$jobId"
                  params={{ jobId: run.jobId }}
                  className="rounded-sm font-[540] hover:text-accent"
                >
                  {run.task}
                </Link>
                {run.attempt > 1 && <span className="ml-2 text-faint">attempt {run.attempt}</span>}
              </td>
              <td className={`${CELL} text-soft`}>
                {run.lane.worker} · {run.lane.slot}
              </td>
              <td className={CELL}>{waited(run)}</td>
              <td className={CELL}>{ran(run, Math.max(now, run.start))}</td>
              <td className={CELL}>
                <OutcomeBadge outcome={run.outcome} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
