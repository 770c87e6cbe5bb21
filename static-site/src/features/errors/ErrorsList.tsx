import { Link } from '@tanstack/react-router';
import type { ErrorGroup } from '@/shared/api/types';
import { compactCount, count } from '@/shared/format/format';
import { IconButton } from '@/shared/ui/Button';
import { Ago } from '@/shared/ui/Time';
import { useActOnError } from './api';
import { HourBars } from './HourBars';
import { ACT_WORDS } from './standing';
import { StatusBadge } from './StatusBadge';

const GRID =
  'grid grid-cols-[minmax(0,1fr)_150px_72px_92px_92px_104px_64px] items-center gap-x-4 px-4 max-xl:grid-cols-[minmax(0,1fr)_120px_64px_84px_104px_64px] max-md:grid-cols-[minmax(0,1fr)_auto_auto] max-md:gap-y-1.5';

/** Groups, the last seen first. */
export function ErrorsList({ groups }: { groups: ErrorGroup[] }) {
  return (
    <section className="panel min-w-0 overflow-hidden" aria-label="Errors">
      <div
        className={`${GRID} h-9 border-b border-line text-2xs font-[540] text-faint max-md:hidden`}
        aria-hidden="true"
      >
        <span>Error</span>
        <span>Last 24 hours</span>
        <span className="pr-2 text-right">Failures</span>
        <span>Last seen</span>
        <span className="max-xl:hidden">First seen</span>
        <span>Status</span>
      </div>
      <ul className="divide-y divide-line">
        {groups.map((group) => (
          <Row key={group.fingerprint} group={group} />
        ))}
      </ul>
    </section>
  );
}

const Row = ({ group }: { group: ErrorGroup }) => (
  <li className={`${GRID} relative min-h-14 py-2 transition duration-(--quick) hover:bg-panel-2 max-md:py-3`}>
    <div className="min-w-0 max-md:col-span-2">
      <p className="flex min-w-0 items-baseline gap-2">
        <Link
          to="/errors/$fingerprint"
          params={{ fingerprint: group.fingerprint }}
          data-row
          className="truncate font-[560] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {group.type}
        </Link>
        <span className="truncate text-xs text-faint">{group.task}</span>
      </p>
      <p className="truncate text-xs text-soft" title={group.message}>
        {group.message || 'no message'}
        {group.place && <span className="text-faint"> · in {group.place}</span>}
      </p>
    </div>
    <div className="max-md:order-3 max-md:col-span-full">
      <HourBars hours={group.hours} span="the last 24 hours" className="h-7 max-md:h-5" />
    </div>
    <span
      className="num pr-2 text-right font-[560] max-md:order-4 max-md:text-left max-md:text-xs"
      title={count(group.count)}
    >
      {compactCount(group.count)}
      <span className="font-normal text-faint md:hidden"> failures</span>
    </span>
    <span className="num text-xs max-md:order-5">
      <Ago time={group.last_seen_at} />
    </span>
    <span className="num text-xs max-xl:hidden">
      <Ago time={group.first_seen_at} className="text-soft" />
    </span>
    <span className="flex text-xs max-md:order-6">
      <StatusBadge group={group} />
    </span>
    <Acts group={group} />
  </li>
);

function Acts({ group }: { group: ErrorGroup }) {
  const act = useActOnError(group);
  return (
    <div className="relative z-10 flex items-center justify-end gap-1 max-md:order-2">
      {group.allowed_actions.map((action) => (
        <IconButton
          key={action}
          icon={ACT_WORDS[action].icon}
          label={`${ACT_WORDS[action].label} ${group.type} of ${group.task}`}
          disabled={act.isPending}
          onClick={() => act.mutate(action)}
        />
      ))}
    </div>
  );
}
