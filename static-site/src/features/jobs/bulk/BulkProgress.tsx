import { useQuery } from '@tanstack/react-query';
import type { BulkAct } from '@/shared/api/types';
import { count, plural, sentence } from '@/shared/format/format';
import { Button, IconButton } from '@/shared/ui/Button';
import { Icon, type IconName } from '@/shared/ui/Icon';
import { FailedToLoad } from '@/shared/ui/notices';
import { ProgressBar } from '@/shared/ui/ProgressBar';
import { bulkQuery, useAbortBulk } from './api';
import { amountOf, BULK_WORDS, jobsOf } from './words';

const SIGN: Record<BulkAct['state'], { icon: IconName; tone: string; bar: string }> = {
  running: { icon: 'play', tone: 'text-run', bar: 'bg-run' },
  finished: { icon: 'ok', tone: 'text-ok', bar: 'bg-ok' },
  aborted: { icon: 'cancelled', tone: 'text-faint', bar: 'bg-idle' },
  failed: { icon: 'fail', tone: 'text-fail', bar: 'bg-fail' },
};

/** An act on many jobs: how far it has come, and the way to end it. */
export function BulkProgress({ id, close }: { id: string; close: () => void }) {
  const { data, error, refetch } = useQuery(bulkQuery(id));
  const abort = useAbortBulk(id);
  const percent = data ? percentOf(data) : null;
  const sign = data ? SIGN[data.state] : SIGN.running;
  return (
    <section className="panel appear px-4 py-3" aria-label="Act on many jobs">
      {!data && error ? (
        <div className="relative">
          <FailedToLoad what="The act" error={error} retry={() => void refetch()} compact />
          <span className="absolute top-0 right-0">
            <IconButton icon="close" label="Close" onClick={close} />
          </span>
        </div>
      ) : (
        <>
          <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
            <Icon name={sign.icon} className={sign.tone} />
            <span className="font-[560]" role="status">
              {data ? headline(data) : 'Starting'}
            </span>
            {data && <span className="num text-xs text-soft">{remainder(data)}</span>}
            <span className="ml-auto flex items-center gap-2">
              {data?.state === 'running' ? (
                <Button kind="danger" icon="stop" busy={abort.isPending} onClick={() => abort.mutate()}>
                  Abort
                </Button>
              ) : (
                <IconButton icon="close" label="Close" onClick={close} />
              )}
            </span>
          </div>
          <div className="mt-2">
            <ProgressBar
              progress={
                data?.state === 'finished'
                  ? { percent: 100, done: data.done, total: data.matched, message: null }
                  : { percent, done: data?.done ?? 0, total: data?.matched ?? null, message: null }
              }
              tone={sign.bar}
              thin
            />
          </div>
        </>
      )}
    </section>
  );
}

/** None while it is done to more than could be counted. */
function percentOf({ state, matched, complete, done }: BulkAct): number | null {
  if (state === 'running' && !complete) return null;
  return matched > 0 ? (done / matched) * 100 : 100;
}

function headline(act: BulkAct): string {
  const words = BULK_WORDS[act.action];
  const to = act.priority ? ` to ${act.priority}` : '';
  if (act.state === 'running') return `${words.doing} ${jobsOf(act)}${to}`;
  if (act.state === 'finished') return `${plural(act.done, 'job')} ${words.done}${to}`;
  return `${act.state === 'aborted' ? 'Aborted' : 'Failed'}: ${plural(act.done, 'job')} ${words.done}${to}`;
}

function remainder(act: BulkAct): string {
  if (act.state === 'running') return `${count(act.done)} of ${amountOf(act)}`;
  if (act.error && act.refused > 0) return `${count(act.refused)} left out. ${sentence(act.error)}`;
  if (act.error) return sentence(act.error);
  if (act.state === 'aborted') return `of ${amountOf(act)}; what was done stays done`;
  return act.refused > 0 ? `${count(act.refused)} had moved on to a state that does not allow it` : '';
}
