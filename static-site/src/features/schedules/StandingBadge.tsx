import type { ScheduleSummary } from '@/shared/api/types';
import { Icon } from '@/shared/ui/Icon';
import { Ago } from '@/shared/ui/Time';
import { STANDING_LOOK, standingOf } from './standing';

export function StandingBadge({ schedule }: { schedule: ScheduleSummary }) {
  const look = STANDING_LOOK[standingOf(schedule)];
  return (
    <span
      className={`inline-flex items-center gap-1.5 font-[540] whitespace-nowrap ${look.tone}`}
      title={schedule.last_error ?? undefined}
    >
      <Icon name={look.icon} size={15} />
      {look.label}
      {schedule.paused_at && <Ago time={schedule.paused_at} className="text-xs font-normal text-faint" />}
    </span>
  );
}

/** It follows the code: its words are changed there and nowhere else. */
export const DeclaredTag = () => (
  <span
    className="inline-flex items-center gap-1 rounded-full border border-line bg-panel-2 px-2 py-px text-2xs whitespace-nowrap text-soft"
    title="Declared beside its task: it follows the code"
  >
    <Icon name="code" size={11} />
    in code
  </span>
);
