import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { BulkProgress } from '@/features/jobs/bulk/BulkProgress';
import { ExportMenu } from '@/features/jobs/ExportMenu';
import { FilterBar } from '@/features/jobs/FilterBar';
import { tidy, type JobFilters } from '@/features/jobs/filters';
import { Histogram } from '@/features/jobs/histogram/Histogram';
import { Inspector } from '@/features/jobs/Inspector';
import { JobsTable } from '@/features/jobs/JobsTable';
import { StateFilter } from '@/features/jobs/StateFilter';
import { ViewsMenu } from '@/features/jobs/views/ViewsMenu';
import { tasksQuery } from '@/features/submit/api';
import { Button } from '@/shared/ui/Button';
import { Icon } from '@/shared/ui/Icon';
import { useMediaQuery } from '@/shared/ui/useMediaQuery';
import { Page } from '../shell/Page';
import type { JobsSearch } from './jobs.search';

export default function JobsRoute() {
  const { bulk, job, span, by, ...asked } = useSearch({ from: '/shell/jobs' });
  const written = JSON.stringify(tidy(asked));
  // The same filters stay the same value, whatever else the address says.
  const filters = useMemo<JobFilters>(() => JSON.parse(written), [written]);
  const navigate = useNavigate({ from: '/jobs' });
  const tasks = useQuery(tasksQuery());
  const wide = useMediaQuery('(min-width: 1280px)');
  const show = (search: JobsSearch) => void navigate({ search, replace: true, resetScroll: false });
  const beside = { bulk, job, span, by };
  const change = (next: JobFilters) => show({ ...tidy(next), ...beside });
  const set = (more: Partial<typeof beside>) => show({ ...filters, ...beside, ...more });
  return (
    <Page
      title="Jobs"
      filled
      actions={
        <>
          <ViewsMenu filters={filters} open={change} />
          <ExportMenu filters={filters} />
          <Button kind="main" asChild className="max-md:hidden">
            <Link to="/submit">
              <Icon name="submit" />
              Submit a job
            </Link>
          </Button>
        </>
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
      <Histogram
        filters={filters}
        span={span ?? '24h'}
        by={by ?? 'state'}
        onSpan={(next) => set({ span: next === '24h' ? undefined : next })}
        onBy={(next) => set({ by: next === 'state' ? undefined : next })}
        onChange={change}
      />
      {bulk && <BulkProgress key={bulk} id={bulk} close={() => set({ bulk: undefined })} />}
      <div className="flex min-h-0 flex-1 gap-4">
        {/* A new list for new filters: it starts at its top, with nothing selected. */}
        <JobsTable
          key={written}
          filters={filters}
          clearFilters={() => change({})}
          onBulkStarted={(id) => set({ bulk: id })}
          inspected={wide ? job : undefined}
          onInspect={wide ? (id) => set({ job: id }) : undefined}
        />
        {wide && job && <Inspector id={job} tasks={tasks.data ?? []} close={() => set({ job: undefined })} />}
      </div>
    </Page>
  );
}
