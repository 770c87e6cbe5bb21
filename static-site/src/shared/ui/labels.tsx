/** A state, an outcome, a priority: icon and word in the colour that means it. */
import type { JobState, Outcome, Priority } from '@/shared/api/types';
import { Icon } from './Icon';
import { OUTCOME_LOOK, PRIORITY_LOOK, STATE_LOOK, type Look } from './states';

function Label({ look, bare }: { look: Look; bare?: boolean }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 align-top font-[540] whitespace-nowrap ${look.tone}`}
      title={bare ? look.label : undefined}
    >
      <Icon name={look.icon} size={15} />
      <span className={bare ? 'sr-only' : ''}>{look.label}</span>
    </span>
  );
}

export const StateBadge = ({ state, bare }: { state: JobState; bare?: boolean }) => (
  <Label look={STATE_LOOK[state]} bare={bare} />
);

export const OutcomeBadge = ({ outcome }: { outcome: Outcome | null }) => (
  <Label look={OUTCOME_LOOK[outcome ?? 'running']} />
);

export const PriorityLabel = ({ priority, bare }: { priority: Priority; bare?: boolean }) => (
  <Label look={PRIORITY_LOOK[priority]} bare={bare} />
);
