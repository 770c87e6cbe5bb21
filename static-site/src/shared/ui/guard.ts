/** Acts that stop or destroy: done at once, except in production, where one question stands before all of them. */
import { environment } from '@/shared/api/environment';

export interface Question {
  title: string;
  /** What will be, in a sentence. */
  about: string;
  /** The verb of the button that does it. */
  confirm: string;
  act: () => void;
}

let asked: Question | null = null;
const listeners = new Set<() => void>();

/** What is being asked, shown by the one `GuardQuestion` in the shell. */
export const question = {
  read: (): Question | null => asked,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  become(next: Question | null): void {
    asked = next;
    for (const listener of listeners) listener();
  },
};

/** Does it, or asks for the name of the environment first. What has a question of its own needs no second one. */
export function guarded(wanted: Question): void {
  if (environment().production) question.become(wanted);
  else wanted.act();
}
