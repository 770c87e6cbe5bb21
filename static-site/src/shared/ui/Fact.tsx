import type { ReactNode } from 'react';

/** One line of a list of facts, which is a `dl` of two columns. */
export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-faint">{name}</dt>
    <dd className="min-w-0 font-[500] wrap-anywhere">{children}</dd>
  </>
);
