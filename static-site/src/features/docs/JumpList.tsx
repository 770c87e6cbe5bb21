/** What is there, to be narrowed down by words and jumped to. On a narrow screen its groups only. */
import { Link } from '@tanstack/react-router';
import { plural } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import type { Group } from './groups';
import { anchorOf } from './OperationGroup';

interface JumpListProps {
  shown: Group[];
  total: number;
  typed: string;
  onType: (typed: string) => void;
  onJump: (anchor: string) => void;
}

const amountOf = (groups: Group[]): number =>
  groups.reduce((sum, { operations }) => sum + operations.length, 0);

export function JumpList({ shown, total, typed, onType, onJump }: JumpListProps) {
  const found = amountOf(shown);
  return (
    <nav
      aria-label="Operations"
      className="panel sticky top-4 flex max-h-[calc(100dvh-32px)] min-w-0 flex-col max-lg:static max-lg:max-h-none"
    >
      <div className="border-b border-line p-2">
        <div className="relative">
          <Icon name="search" size={14} className="absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
          <input
            type="search"
            aria-label="Filter operations"
            data-filter
            placeholder="Path, word or parameter"
            className="field !min-h-8 !py-1 !pl-8 text-xs"
            value={typed}
            onChange={({ target: field }) => onType(field.value)}
          />
        </div>
        <p className="num px-2 pt-1.5 text-2xs text-faint" role="status">
          {found === total ? plural(total, 'operation') : `${found} of ${plural(total, 'operation')}`}
        </p>
      </div>
      <ul className="min-h-0 flex-1 overflow-y-auto p-2 empty:hidden max-lg:flex max-lg:flex-wrap max-lg:gap-1">
        {shown.map((group) => (
          <li key={group.name} className="lg:not-first:mt-2.5">
            <Jump anchor={anchorOf(group)} onJump={onJump} className="font-semibold">
              {group.name}
            </Jump>
            <ul className="max-lg:hidden">
              {group.operations.map(({ id, method }) => (
                <li key={id}>
                  <Jump anchor={id} onJump={onJump} className="text-soft">
                    <span className="min-w-0 flex-1 truncate font-mono">{id}</span>
                    <span className="flex-none font-mono text-2xs text-faint">{method}</span>
                  </Jump>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface JumpProps {
  anchor: string;
  onJump: (anchor: string) => void;
  className: string;
  children: React.ReactNode;
}

const Jump = ({ anchor, onJump, className, children }: JumpProps) => (
  <Link
    to="/docs"
    hash={anchor}
    // The view scrolls by itself, when what is jumped to is open.
    resetScroll={false}
    hashScrollIntoView={false}
    onClick={() => onJump(anchor)}
    activeOptions={{ includeHash: true }}
    className={`flex min-h-6 items-center gap-2 rounded-sm px-2 py-0.5 text-xs -outline-offset-2 transition duration-(--quick) hover:bg-panel-2 hover:text-text aria-[current]:bg-panel-3 aria-[current]:text-text max-lg:border max-lg:border-line max-lg:bg-panel-2 ${className}`}
  >
    {children}
  </Link>
);
