import type { ErrorGroup } from '@/shared/api/types';
import { Button } from '@/shared/ui/Button';
import { useActOnError } from './api';
import { ACT_WORDS } from './standing';

/** The acts that the server allows on this group now. */
export function ErrorActs({ group }: { group: ErrorGroup }) {
  const act = useActOnError(group);
  return group.allowed_actions.map((action) => (
    <Button
      key={action}
      icon={ACT_WORDS[action].icon}
      kind={action === 'resolve' ? 'main' : 'plain'}
      busy={act.isPending && act.variables === action}
      disabled={act.isPending}
      onClick={() => act.mutate(action)}
    >
      {ACT_WORDS[action].label}
    </Button>
  ));
}
