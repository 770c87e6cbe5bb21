import { CatchBoundary, Link, type ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from '@/shared/ui/Button';
import { Notice } from '@/shared/ui/notices';
import { Page } from './Page';

export const NotFound = () => (
  <main className="grid min-h-dvh place-items-center p-4">
    <div className="panel">
      <Notice
        icon="search"
        whole
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

/** The whole page, when what stands around all views broke. */
export const Broken = (props: ErrorComponentProps) => (
  <main className="grid min-h-dvh place-items-center p-4">
    <BrokenNotice {...props} whole />
  </main>
);

/** One view; the shell around it stands. */
export const BrokenView = (props: ErrorComponentProps) => (
  <Page title="Broken">
    <BrokenNotice {...props} />
  </Page>
);

/** One of several views of a page: what breaks in it leaves the others standing. */
export const View = ({ children }: { children: ReactNode }) => (
  <CatchBoundary getResetKey={() => 'view'} errorComponent={BrokenNotice}>
    {children}
  </CatchBoundary>
);

const BrokenNotice = ({ error, reset, whole }: ErrorComponentProps & { whole?: boolean }) => (
  <div className="panel" role="alert">
    <Notice
      icon="warning"
      tone="text-fail"
      whole={whole}
      title="This view broke"
      action={
        <span className="flex gap-2.5">
          <Button icon="retry" onClick={reset}>
            Try again
          </Button>
          <Button onClick={() => location.reload()}>Load the page anew</Button>
        </span>
      }
    >
      {error instanceof Error ? error.message : String(error)}
    </Notice>
  </div>
);
