/** The API as its document describes it. `target` is the anchor of the address: an operation, or a group. */
import { useEffect, useMemo, useState } from 'react';
import { Button } from '@/shared/ui/Button';
import { Notice, Skeleton } from '@/shared/ui/notices';
import { Basics } from './Basics';
import { DescribedBy } from './described';
import { groupsOf, matching, type Group } from './groups';
import { JumpList } from './JumpList';
import type { ApiDocument } from './openapi';
import { anchorOf, OperationGroup } from './OperationGroup';

const GRID = 'grid grid-cols-[232px_minmax(0,1fr)] items-start gap-4 max-lg:grid-cols-[minmax(0,1fr)]';

export function DocsView({ described, target }: { described: ApiDocument; target: string }) {
  const groups = useMemo(() => groupsOf(described), [described]);
  const total = groups.reduce((sum, { operations }) => sum + operations.length, 0);
  const [typed, setTyped] = useState('');
  const shown = useMemo(() => matching(groups, typed), [groups, typed]);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set([target]));
  const [followed, setFollowed] = useState(target);
  const reveal = (anchor: string): void => {
    setOpen(new Set([...open, anchor]));
    // An address leads to its operation whatever was sought before.
    if (!shown.some((group) => isOf(group, anchor))) setTyped('');
  };
  if (target !== followed) {
    setFollowed(target);
    reveal(target);
  }
  useEffect(() => goTo(target), [target]);
  const toggle = (id: string): void => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  // What another address leads to is shown when it is there: scrolled before, the way back would end there too.
  const jump = (anchor: string): void => {
    if (anchor !== target) return;
    reveal(anchor);
    goTo(anchor);
  };
  return (
    <DescribedBy value={described}>
      <div className={GRID}>
        <JumpList shown={shown} total={total} typed={typed} onType={setTyped} onJump={jump} />
        <div className="flex min-w-0 flex-col gap-4">
          {typed.trim() === '' && total > 0 && <Basics />}
          {shown.map((group) => (
            <OperationGroup key={group.name} group={group} open={open} onToggle={toggle} />
          ))}
          {shown.length === 0 && <NothingFound described={total > 0} clear={() => setTyped('')} />}
        </div>
      </div>
    </DescribedBy>
  );
}

const isOf = (group: Group, anchor: string): boolean =>
  anchorOf(group) === anchor || group.operations.some(({ id }) => id === anchor);

function goTo(anchor: string): void {
  const found = anchor ? document.getElementById(anchor) : null;
  if (!found) return;
  found.scrollIntoView({ block: 'start' });
  // The keyboard goes on from there.
  (found.querySelector<HTMLElement>(':scope > h3 > [data-jump]') ?? found).focus({ preventScroll: true });
}

function NothingFound({ described, clear }: { described: boolean; clear: () => void }) {
  return (
    <div className="panel">
      {described ? (
        <Notice
          icon="search"
          title="No operation has all these words"
          action={<Button onClick={clear}>Clear the filter</Button>}
        >
          Words are looked for in path, name, description and parameters.
        </Notice>
      ) : (
        <Notice icon="code" title="The API describes no operation">
          What it answered is an OpenAPI document without any.
        </Notice>
      )}
    </div>
  );
}

export const DocsSkeleton = () => (
  <div className={GRID}>
    <div className="panel max-lg:hidden">
      <Skeleton rows={14} height={16} />
    </div>
    <div className="flex min-w-0 flex-col gap-4">
      <div className="panel">
        <Skeleton rows={4} height={18} />
      </div>
      <div className="panel">
        <Skeleton rows={8} height={32} />
      </div>
    </div>
  </div>
);
