import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { errorQuery } from '@/features/errors/api';
import { ErrorActs } from '@/features/errors/ErrorActs';
import { ErrorGroupPage } from '@/features/errors/ErrorGroupPage';
import { StatusBadge } from '@/features/errors/StatusBadge';
import { BulkProgress } from '@/features/jobs/bulk/BulkProgress';
import { BulkQuestion } from '@/features/jobs/bulk/BulkQuestion';
import { isGone } from '@/shared/api/problem';
import type { BulkRequest } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { FailedToLoad, Notice, Skeleton } from '@/shared/ui/notices';
import { Page, TitleBlank } from '../shell/Page';

const crumb = (
  <Link to="/errors" className="rounded-sm text-faint hover:text-text">
    Errors <span aria-hidden="true">/</span>
  </Link>
);

export default function ErrorRoute() {
  const { fingerprint } = useParams({ from: '/shell/errors/$fingerprint' });
  const { bulk } = useSearch({ from: '/shell/errors/$fingerprint' });
  const navigate = useNavigate({ from: '/errors/$fingerprint' });
  const [asked, setAsked] = useState<BulkRequest | null>(null);
  const { data: group, error, refetch } = useQuery(errorQuery(fingerprint));
  const follow = (id: string | undefined) => void navigate({ search: { bulk: id }, replace: true });
  if (!group || isGone(error)) return <Away error={error} retry={() => void refetch()} />;
  return (
    <Page
      title={group.type}
      crumb={crumb}
      beside={
        <>
          <span data-testid="error-status">
            <StatusBadge group={group} />
          </span>
          <span className="text-xs text-faint">{group.task}</span>
        </>
      }
      actions={
        <>
          <Button
            icon="retry"
            onClick={() => setAsked({ action: 'retry', filter: { fingerprint, state: ['failed'] } })}
          >
            Retry all
          </Button>
          <ErrorActs group={group} />
        </>
      }
    >
      {bulk && <BulkProgress key={bulk} id={bulk} close={() => follow(undefined)} />}
      <ErrorGroupPage group={group} />
      {asked && (
        <BulkQuestion request={asked} chosen={null} close={() => setAsked(null)} onStarted={follow} />
      )}
    </Page>
  );
}

function Away({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Page title={error ? 'Error' : <TitleBlank />} crumb={crumb}>
      <div className="panel">
        {!error ? (
          <Skeleton rows={6} />
        ) : isGone(error) ? (
          <Notice
            icon="search"
            title="There is no such error"
            action={
              <Button asChild>
                <Link to="/errors">All errors</Link>
              </Button>
            }
          >
            It was not seen for so long that it was forgotten, or the address is not whole.
          </Notice>
        ) : (
          <FailedToLoad what="The error" error={error} retry={retry} />
        )}
      </div>
    </Page>
  );
}
