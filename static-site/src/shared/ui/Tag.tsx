export const Tag = ({ children }: { children: string }) => (
  <span className="inline-flex max-w-40 items-center truncate rounded-full border border-line bg-panel-2 px-2 py-px text-2xs text-soft">
    <span className="truncate">{children}</span>
  </span>
);

export const Key = ({ children }: { children: string }) => (
  <kbd className="inline-flex min-w-5 items-center justify-center rounded-[4px] border border-line-2 bg-panel-2 px-1.5 font-mono text-2xs text-soft">
    {children}
  </kbd>
);
