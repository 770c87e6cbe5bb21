import { useState } from 'react';
import type { TaskInfo } from '@/shared/api/types';
import { plural } from '@/shared/format/format';
import { Icon } from '@/shared/ui/Icon';
import { Panel } from '@/shared/ui/Panel';

const MANY = 8;

/** The catalogue as radio buttons: what each task does, and whether anything serves it. */
export function TaskPicker({
  tasks,
  chosen,
  onChoose,
}: {
  tasks: TaskInfo[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
}) {
  const [sought, setSought] = useState('');
  const words = sought.toLowerCase();
  const shown = tasks.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(words),
  );
  return (
    <Panel title="Task" note={plural(tasks.length, 'task')} className="sticky top-4 max-lg:static">
      {tasks.length > MANY && (
        <div className="relative border-b border-line p-2">
          <Icon name="search" size={14} className="absolute top-1/2 left-4.5 -translate-y-1/2 text-faint" />
          <input
            type="search"
            aria-label="Filter tasks"
            data-filter
            placeholder="Filter"
            className="field !min-h-8 !py-1 !pl-8 text-xs"
            value={sought}
            onChange={({ target }) => setSought(target.value)}
          />
        </div>
      )}
      <div
        role="radiogroup"
        aria-label="Task"
        className="flex max-h-[calc(100dvh-180px)] flex-col gap-0.5 overflow-auto p-2 max-lg:max-h-60"
      >
        {shown.length === 0 && <p className="px-2 py-1.5 text-xs text-faint">No task is called so</p>}
        {shown.map((task) => (
          <label
            key={task.name}
            className="flex gap-2.5 rounded-sm border border-transparent px-2.5 py-2 transition duration-(--quick) hover:bg-panel-2 has-checked:border-line has-checked:bg-panel-3 has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="task"
              className="mt-[3px] self-start accent-(--accent) outline-none"
              value={task.name}
              aria-label={task.name}
              checked={task.name === chosen}
              onChange={() => onChoose(task.name)}
            />
            <span className="min-w-0">
              <span className="block truncate font-[540]">{task.name}</span>
              <span className="line-clamp-2 text-2xs text-soft">{firstSentence(task.description)}</span>
              {task.workers === 0 && (
                <span className="block text-2xs text-retry">No worker serves it now</span>
              )}
            </span>
          </label>
        ))}
      </div>
    </Panel>
  );
}

const firstSentence = (text: string): string => text.split('\n\n')[0] ?? '';
