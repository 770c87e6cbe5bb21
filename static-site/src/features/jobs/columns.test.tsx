import { flexRender, useTable } from '@tanstack/react-table';
import { screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { JobSummary } from '@/shared/api/types';
import { anOlderSummary, aSummary } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { columns, features } from './columns';

afterEach(() => vi.useRealTimers());

/** One column of some jobs: the whole table is virtual, and there is no height here to put a row into. */
function Column({ id, jobs }: { id: string; jobs: JobSummary[] }) {
  const table = useTable({ features, columns, data: jobs, getRowId: (job) => job.id });
  const cells = table.getRowModel().rows.flatMap((row) => row.getAllCells());
  return cells
    .filter(({ column }) => column.id === id)
    .map((cell) => (
      <p key={cell.id} data-testid="cell">
        {flexRender(cell.column.columnDef.cell, cell.getContext())}
      </p>
    ));
}

it('tells how long a job waits or waited, also when the server does not say since when it waits', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1, 0, 0, 40) });
  const jobs = [
    aSummary('queued', { waits_since: '2026-01-01T00:00:10Z' }),
    anOlderSummary('queued', { run_at: '2026-01-01T00:00:00Z' }),
    anOlderSummary('succeeded', { wait_seconds: 2 }),
    anOlderSummary('cancelled'),
  ];
  renderView(<Column id="wait_seconds" jobs={jobs} />);

  expect(screen.getAllByTestId('cell').map(({ textContent }) => textContent)).toEqual([
    '30 s',
    '40 s',
    '2 s',
    '–',
  ]);
});
