import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { FilterBar } from '@/features/jobs/FilterBar';
import { tidy, type JobFilters } from '@/features/jobs/filters';
import { JobsTable } from '@/features/jobs/JobsTable';
import { StateFilter } from '@/features/jobs/StateFilter';
import { tasksQuery } from '@/features/submit/api';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { Page } from '../shell/Page';

export default function JobsRoute() {
  const filters = useSearch({ from: '/shell/jobs' });
  const navigate = useNavigate({ from: '/jobs' });
  const tasks = useQuery(tasksQuery());
  const change = (next: JobFilters) => void navigate({ search: tidy(next), replace: true });
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
      {/* A new list for new filters: it starts at its top. */}
      <JobsTable key={JSON.stringify(filters)} filters={filters} clearFilters={() => change({})} />
    </Page>
  );
}
