/** The operations of one group, a line each, and all of it in the open ones. */
import { withEnvironment } from '@/shared/api/environment';
import { CopyButton } from '@/shared/ui/CopyButton';
import { Icon } from '@/shared/ui/Icon';
import type { Group, Operation } from './groups';
import { OperationDetails } from './OperationDetails';
import { Words } from './Prose';

/** Where it is scrolled to: below the bar of a narrow screen. */
const LANDS = 'scroll-mt-4 max-md:scroll-mt-17';

/** Of a group; an operation has its own id. */
export const anchorOf = ({ name }: Group): string => `group-${name.toLowerCase().replaceAll(/\W+/g, '-')}`;

/** As the router writes it: with the environment, where the site has several. */
function linkTo(id: string): string {
  const query = withEnvironment(new URLSearchParams()).toString();
  return `${location.origin}/docs${query && `?${query}`}#${id}`;
}

interface GroupProps {
  group: Group;
  open: ReadonlySet<string>;
  onToggle: (id: string) => void;
}

export function OperationGroup({ group, open, onToggle }: GroupProps) {
  return (
    <section
      id={anchorOf(group)}
      tabIndex={-1}
      aria-label={group.name}
      className={`panel min-w-0 overflow-clip outline-none ${LANDS}`}
    >
      <header className="flex min-h-11 flex-wrap items-baseline gap-x-3 gap-y-0.5 border-b border-line px-4 py-2.5">
        <h2 className="text-sm font-semibold">{group.name}</h2>
        <p className="min-w-0 text-xs text-faint">{group.description}</p>
      </header>
      <div className="divide-y divide-line">
        {group.operations.map((operation) => (
          <OperationCard
            key={operation.id}
            operation={operation}
            open={open.has(operation.id)}
            onToggle={() => onToggle(operation.id)}
          />
        ))}
      </div>
    </section>
  );
}

interface CardProps {
  operation: Operation;
  open: boolean;
  onToggle: () => void;
}

function OperationCard({ operation, open, onToggle }: CardProps) {
  const { id, method, path, summary } = operation;
  return (
    <article id={id} aria-label={id} className={LANDS}>
      <h3>
        <button
          type="button"
          data-jump
          aria-expanded={open}
          onClick={onToggle}
          className="grid min-h-11 w-full grid-cols-[56px_minmax(0,300px)_minmax(0,1fr)_12px] items-baseline gap-x-3 gap-y-0.5 px-4 py-2.5 text-left -outline-offset-2 transition duration-(--quick) hover:bg-panel-2 max-xl:grid-cols-[56px_minmax(0,1fr)_12px] max-sm:grid-cols-[minmax(0,1fr)_12px]"
        >
          <span className="font-mono text-2xs font-semibold text-soft">{method}</span>
          <span className="font-mono text-xs font-[560] wrap-anywhere max-sm:order-3 max-sm:col-span-2">
            {path}
          </span>
          <span className="text-xs font-[400] text-soft max-xl:order-4 max-xl:col-start-2 max-sm:col-span-2 max-sm:col-start-1">
            <Words text={summary} />
          </span>
          <Icon
            name="chevron"
            size={12}
            className={`self-center text-faint transition-transform duration-(--quick) ${open ? 'rotate-90' : ''}`}
          />
        </button>
      </h3>
      {open && (
        <>
          <div className="flex items-center gap-1 px-4 text-xs text-faint">
            <code className="font-mono">{id}</code>
            <CopyButton text={linkTo(id)} label={`Copy the link to ${id}`} />
          </div>
          <OperationDetails operation={operation} />
        </>
      )}
    </article>
  );
}
