import { useTable } from '@tanstack/react-table';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { JobSummary } from '@/shared/api/types';
import { aSummary } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { letLettersWork } from '@/shared/ui/keys';
import { columns, features, layoutOf } from './columns';
import { JobRow } from './JobRow';

afterEach(() => letLettersWork(true));

/** The row of one job: the whole table is virtual, and there is no height here to put a row into. */
function OneRow({ jobs, click }: { jobs: JobSummary[]; click: () => void }) {
  const table = useTable({ features, columns, data: jobs, getRowId: (job) => job.id });
  return table
    .getRowModel()
    .rows.map((line) => (
      <JobRow
        key={line.id}
        line={line}
        index={0}
        start={0}
        size={42}
        layout={layoutOf(false)}
        isInspected={false}
        isSelected={false}
        acts={{ click, follow: () => undefined }}
      />
    ));
}

it('is selected by the letter x, unless single letters are turned off', async () => {
  const click = vi.fn();
  const job = aSummary('failed');
  renderView(<OneRow jobs={[job]} click={click} />);
  screen.getByRole('link', { name: job.task }).focus();
  await userEvent.keyboard('x');

  expect(click).toHaveBeenCalledExactlyOnceWith(job.id, false);

  letLettersWork(false);
  await userEvent.keyboard('x');

  expect(click).toHaveBeenCalledOnce();
});
