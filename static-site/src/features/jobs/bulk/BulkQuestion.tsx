import { useQuery } from '@tanstack/react-query';
import type { BulkRequest } from '@/shared/api/types';
import { plural } from '@/shared/format/format';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { bulkCountQuery, useStartBulk } from './api';
import { amountOf, BULK_WORDS, jobsOf } from './words';

interface BulkQuestionProps {
  request: BulkRequest;
  /** How many rows were chosen; null when all that match were. */
  chosen: number | null;
  close: () => void;
  onStarted: (bulkId: string) => void;
}

/** How many it will be, before it is done. */
export function BulkQuestion({ request, chosen, close, onStarted }: BulkQuestionProps) {
  const words = BULK_WORDS[request.action];
  const matched = useQuery(bulkCountQuery(request));
  const start = useStartBulk();
  const counted = matched.data;
  const none = counted?.complete === true && counted.matched === 0;
  const to = request.priority ? ` to ${request.priority}` : '';
  return (
    <ConfirmDialog
      title={counted ? `${words.ask(jobsOf(counted))}${to}?` : `${words.label}: counting`}
      confirm={counted && !none ? words.ask(amountOf(counted)) : words.label}
      kind={request.action === 'delete' || request.action === 'cancel' ? 'danger' : 'main'}
      busy={start.isPending || matched.isPending}
      disabled={!counted || none}
      error={start.error ?? matched.error}
      onConfirm={() =>
        start.mutate(request, {
          onSuccess: (bulkId) => {
            close();
            onStarted(bulkId);
          },
        })
      }
      close={close}
    >
      {none ? (
        <p>None of them is in a state that allows it.</p>
      ) : (
        <>
          {request.all && (
            <p className="font-[560] text-retry">No filter is set: this means every job there is.</p>
          )}
          <p>{words.about}</p>
          {chosen !== null && counted?.complete && counted.matched < chosen && (
            <p>
              {plural(chosen - counted.matched, 'other')} of the selected cannot: their state does not allow
              it.
            </p>
          )}
        </>
      )}
    </ConfirmDialog>
  );
}
