import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { BulkProgress } from '@/features/jobs/bulk/BulkProgress';
import { FilterBar } from '@/features/jobs/FilterBar';
import { tidy, type JobFilters } from '@/features/jobs/filters';
import { JobsTable } from '@/features/jobs/JobsTable';
import { StateFilter } from '@/features/jobs/StateFilter';
import { tasksQuery } from '@/features/submit/api';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { Page } from '../shell/Page';

export default function JobsRoute() {
  const { bulk, ...asked } = useSearch({ from: '/shell/jobs' });
  const written = JSON.stringify(tidy(asked));
  // The same filters stay the same value, whatever else the address says.
  const filters = useMemo<JobFilters>(() => JSON.parse(written), [written]);
  const navigate = useNavigate({ from: '/jobs' });
  const tasks = useQuery(tasksQuery());
  const change = (next: JobFilters) => void navigate({ search: { ...tidy(next), bulk }, replace: true });
  const follow = (id: string | undefined) =>
    void navigate({ search: { ...filters, bulk: id }, replace: true });
  return (
    <Page
      title="Jobs"
      filled
      actions={
        <Button kind="main" asChild className="max-md:hidden">
          <Link to="/submit">
            <Icon name="submit" />
            Submit a job
          </Link>
        </Button>
      }
    >
      <div className="flex flex-col gap-2.5">
        <StateFilter filters={filters} onChange={change} />
        <FilterBar
          filters={filters}
          taskNames={tasks.data?.map(({ name }) => name) ?? []}
          onChange={change}
        />
      </div>
      {bulk && <BulkProgress key={bulk} id={bulk} close={() => follow(undefined)} />}
      {/* A new list for new filters: it starts at its top, with nothing selected. */}
      <JobsTable key={written} filters={filters} clearFilters={() => change({})} onBulkStarted={follow} />
    </Page>
  );
}
