/** Acts that stop or destroy: done at once, except in production, where one question stands before all of them. */
import { useSyncExternalStore } from 'react';
import { environment } from '@/shared/api/environment';
import { ConfirmDialog } from './ConfirmDialog';

interface Question {
  title: string;
  /** What will be, in a sentence. */
  about: string;
  /** The verb of the button that does it. */
  confirm: string;
  act: () => void;
}

let asked: Question | null = null;
const listeners = new Set<() => void>();

function become(next: Question | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/** Does it, or asks for the name of the environment first. What has a question of its own needs no second one. */
export function guarded(question: Question): void {
  if (environment().production) become(question);
  else question.act();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The one place where the question is shown. */
export function GuardQuestion() {
  const question = useSyncExternalStore(subscribe, () => asked);
  if (!question) return null;
  return (
    <ConfirmDialog
      title={question.title}
      confirm={question.confirm}
      busy={false}
      error={null}
      close={() => become(null)}
      onConfirm={() => {
        become(null);
        question.act();
      }}
    >
      <p>{question.about}</p>
    </ConfirmDialog>
  );
}
