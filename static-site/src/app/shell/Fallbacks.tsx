import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { Button } from '@/shared/ui/Button';
import { Notice } from '@/shared/ui/notices';

export const NotFound = () => (
  <main className="grid min-h-dvh place-items-center p-4">
    <div className="panel">
      <Notice
        icon="search"
        title="There is no such page"
        action={
          <Button asChild>
            <Link to="/">Overview</Link>
          </Button>
        }
      />
    </div>
  </main>
);

export const Broken = ({ error }: ErrorComponentProps) => (
  <main className="grid min-h-dvh place-items-center p-4">
    <div className="panel" role="alert">
      <Notice
        icon="warning"
        tone="text-fail"
        title="This page broke"
        action={<Button onClick={() => location.reload()}>Load it again</Button>}
      >
        {error instanceof Error ? error.message : String(error)}
      </Notice>
    </div>
  </main>
);
