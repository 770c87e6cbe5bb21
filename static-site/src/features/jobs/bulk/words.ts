/** What an act on many jobs is called, before, while and after it is done. */
import type { BulkMatched, BulkRequest } from '@/shared/api/types';
import { countUpTo, plural } from '@/shared/format/format';
import type { IconName } from '@/shared/ui/Icon';

export type BulkAction = BulkRequest['action'];

interface Words {
  label: string;
  /** The act on so many, `6` or `6 jobs`, as it is asked for. */
  ask: (many: string) => string;
  doing: string;
  done: string;
  icon: IconName;
  /** What a person should know before. */
  about: string;
}

export const BULK_WORDS: Record<BulkAction, Words> = {
  retry: {
    label: 'Retry',
    ask: (many) => `Retry ${many}`,
    doing: 'Retrying',
    done: 'queued again',
    icon: 'retry',
    about: 'They are queued again, with the params they had.',
  },
  'run-now': {
    label: 'Run now',
    ask: (many) => `Run ${many} now`,
    doing: 'Queuing',
    done: 'queued',
    icon: 'now',
    about: 'Those that are due later are queued now.',
  },
  priority: {
    label: 'Priority',
    ask: (many) => `Change ${many}`,
    doing: 'Changing the priority of',
    done: 'changed',
    icon: 'medium',
    about: 'Waiting jobs go to the end of their new queue.',
  },
  cancel: {
    label: 'Cancel',
    ask: (many) => `Cancel ${many}`,
    doing: 'Cancelling',
    done: 'cancelled or asked to stop',
    icon: 'close',
    about: 'Waiting ones end at once; running ones are asked to stop.',
  },
  delete: {
    label: 'Delete',
    ask: (many) => `Delete ${many}`,
    doing: 'Deleting',
    done: 'deleted',
    icon: 'remove',
    about: 'Their attempts, logs and files go with them. This cannot be undone.',
  },
};

/** How many match: `1,234`, or `100,000+` where they were too many to be counted. */
export const amountOf = ({ matched, complete }: Pick<BulkMatched, 'matched' | 'complete'>): string =>
  countUpTo(matched, complete ? Infinity : matched);

export const jobsOf = (counted: Pick<BulkMatched, 'matched' | 'complete'>): string =>
  counted.complete ? plural(counted.matched, 'job') : `${amountOf(counted)} jobs`;
