import type { ReactNode } from 'react';

/** One part of an operation: its parameters, its body, its answers. */
export const Part = ({ title, note, children }: { title: string; note?: string; children: ReactNode }) => (
  <div className="min-w-0">
    <h4 className="flex flex-wrap items-baseline gap-x-2 border-b border-line pb-1 text-2xs font-semibold text-faint">
      {title}
      {note && <span className="font-[400]">{note}</span>}
    </h4>
    {children}
  </div>
);
