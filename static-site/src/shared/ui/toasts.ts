/** Short words about what was just done: said from anywhere, shown by the one viewport in the shell (`Toasts`). */
interface Message {
  id: number;
  kind: 'done' | 'refused';
  title: string;
  detail?: string;
  /** Takes back what was done. */
  undo?: () => void;
}

let messages: Message[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function publish(next: Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

const say = (kind: Message['kind'], title: string, detail?: string, undo?: () => void): void =>
  publish([...messages.slice(-3), { id: ++lastId, kind, title, detail, undo }]);

export const toast = {
  done: (title: string, detail?: string): void => say('done', title, detail),
  /** What was done, and a button that takes it back. */
  undoable: (title: string, undo: () => void, detail?: string): void => say('done', title, detail, undo),
  refused: (title: string, detail?: string): void => say('refused', title, detail),
};

/** The last four, oldest first. */
export const toasts = {
  read: () => messages,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  drop: (gone: number): void => publish(messages.filter(({ id }) => id !== gone)),
};
