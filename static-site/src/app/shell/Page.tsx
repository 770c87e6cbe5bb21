import { useEffect, type ReactNode } from 'react';
import { LiveChip } from '@/features/feed/LiveChip';
import { allEnvironments, environment } from '@/shared/api/environment';

interface PageProps {
  /** The words of the heading; `crumb` stands before, `beside` after it. */
  title: ReactNode;
  crumb?: ReactNode;
  beside?: ReactNode;
  actions?: ReactNode;
  /** As high as the window, for a page whose content scrolls by itself. */
  filled?: boolean;
  children: ReactNode;
}

export function Page({ title, crumb, beside, actions, filled = false, children }: PageProps) {
  const words = typeof title === 'string' ? title : null;
  useEffect(() => {
    const where = allEnvironments().length > 1 ? environment().name : null;
    document.title = [words, where, 'Trajectory'].filter(Boolean).join(' · ');
  }, [words]);
  return (
    <main
      id="main"
      tabIndex={-1}
      className={`flex min-w-0 flex-col gap-4 px-6 pt-4 pb-6 outline-none max-md:px-4 max-md:pb-20 ${filled ? 'h-dvh max-md:h-[calc(100dvh-52px)]' : ''}`}
    >
      <header className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-2">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          {crumb}
          <h1 className="min-w-0 truncate text-lg font-[620] tracking-[-0.02em]">{title}</h1>
          {beside}
        </div>
        <div className="ml-auto flex flex-wrap items-center gap-2.5">
          <LiveChip />
          {actions}
        </div>
      </header>
      {children}
    </main>
  );
}

/** Where the title of a page will stand that is still being read. */
export const TitleBlank = () => (
  <span className="shimmer inline-block h-5 w-40 align-middle">
    <span className="sr-only">Loading</span>
  </span>
);
