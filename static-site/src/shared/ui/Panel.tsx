import type { ReactNode } from 'react';

interface PanelProps {
  title?: string;
  /** A word beside the title: what span, how many. */
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  bodyClassName?: string;
}

/** A sheet of glass. With a title it is a region that assistive technology can find by name. */
export function Panel({ title, note, actions, children, className = '', bodyClassName = '' }: PanelProps) {
  return (
    <section className={`panel flex min-w-0 flex-col ${className}`} aria-label={title}>
      {title && (
        <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
          <h2 className="text-sm font-semibold whitespace-nowrap">{title}</h2>
          {note && <span className="num min-w-0 truncate text-xs text-faint">{note}</span>}
          {actions && <div className="ml-auto flex items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={`min-h-0 flex-1 ${bodyClassName}`}>{children}</div>
    </section>
  );
}
