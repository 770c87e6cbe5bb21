import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { documentQuery } from '@/features/docs/api';
import { DocsSkeleton, DocsView } from '@/features/docs/DocsView';
import { FailedToLoad } from '@/shared/ui/notices';
import { Page } from '../shell/Page';

export default function DocsRoute() {
  const target = useLocation({ select: ({ hash }) => hash });
  const { data, error, refetch } = useQuery(documentQuery());
  return (
    <Page title="API">
      {data ? (
        <DocsView described={data} target={target} />
      ) : error ? (
        <div className="panel">
          <FailedToLoad what="The description of the API" error={error} retry={() => void refetch()} />
        </div>
      ) : (
        <DocsSkeleton />
      )}
    </Page>
  );
}
