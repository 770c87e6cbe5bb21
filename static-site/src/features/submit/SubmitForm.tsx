import type { FormEvent } from 'react';
import type { Problem } from '@/shared/api/problem';
import type { TaskInfo } from '@/shared/api/types';
import { faultsByPointer } from '@/shared/form/faults';
import { ParamsFields } from '@/shared/form/ParamsFields';
import { PriorityField } from '@/shared/form/PriorityField';
import { Refusal } from '@/shared/form/Refusal';
import { Setting } from '@/shared/form/Setting';
import type { Shape } from '@/shared/form/shape';
import { useFocusOnFault } from '@/shared/form/useFocusOnFault';
import { span } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import type { Draft, When } from './submission';

interface SubmitFormProps {
  task: TaskInfo;
  shape: Shape;
  draft: Draft;
  problem: Problem | null;
  busy: boolean;
  onChange: (draft: Draft) => void;
  onSubmit: () => void;
}

/** The params of a task as its schema tells them, and how the job is to run. */
export function SubmitForm({ task, shape, draft, problem, busy, onChange, onSubmit }: SubmitFormProps) {
  const faults = faultsByPointer(problem?.faults ?? []);
  const change = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  const form = useFocusOnFault(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form
      ref={form}
      onSubmit={submit}
      noValidate
      className="panel min-w-0"
      aria-label={`Submit ${task.name}`}
    >
      <header className="border-b border-line px-4 py-3">
        <h2 className="text-base font-semibold">{task.name}</h2>
        {task.description && (
          <p className="mt-0.5 max-w-[70ch] text-xs whitespace-pre-line text-soft">{task.description}</p>
        )}
      </header>
      <div className="flex flex-col gap-4 p-4">
        <ParamsFields
          key={task.name}
          shape={shape}
          params={draft.params}
          onChange={(params) => change({ params })}
          faults={faults}
        />
      </div>
      <fieldset className="border-t border-line p-4">
        <legend className="sr-only">How it runs</legend>
        <div className="mb-4">
          <PriorityField
            value={draft.priority}
            onChange={(priority) => change({ priority })}
            faults={faults.get('/priority')}
          />
        </div>
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <WhenField draft={draft} change={change} faults={faults} />
          <Setting
            label="Max retries"
            hint={`Empty: ${task.defaults.max_retries}, as the task says, at most ${span(task.defaults.retry_backoff_max_seconds)} apart`}
            type="number"
            value={draft.maxRetries}
            onChange={(maxRetries) => change({ maxRetries })}
            faults={faults.get('/max_retries')}
          />
          <Setting
            label="Tags"
            hint="Separated by spaces or commas"
            type="text"
            value={draft.tags}
            onChange={(tags) => change({ tags })}
            faults={faults.get('/tags')}
            className="col-span-full"
          />
        </div>
      </fieldset>
      <footer className="flex flex-wrap items-center gap-3 border-t border-line px-4 py-3">
        {problem && <Refusal problem={problem} />}
        <Button type="submit" kind="main" icon="submit" busy={busy} className="ml-auto min-h-9 px-4">
          Submit job
        </Button>
      </footer>
    </form>
  );
}

const WHENS: { value: When; label: string }[] = [
  { value: 'now', label: 'Now' },
  { value: 'later', label: 'After a delay' },
  { value: 'at', label: 'At a time' },
];

interface WhenFieldProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  faults: ReadonlyMap<string, string[]>;
}

function WhenField({ draft, change, faults }: WhenFieldProps) {
  return (
    <div className="min-w-0">
      <span className="mb-1 block text-xs font-[540]">When</span>
      <Choice label="When" options={WHENS} value={draft.when} onChange={(when) => change({ when })} wide />
      {draft.when === 'now' && (
        <p className="mt-1 text-2xs text-faint">As soon as a slot is free and nothing better waits</p>
      )}
      {draft.when === 'later' && (
        <Setting
          label="Delay"
          hint="In seconds"
          type="number"
          value={draft.delay}
          onChange={(delay) => change({ delay })}
          faults={faults.get('/delay_seconds')}
          className="mt-3"
        />
      )}
      {draft.when === 'at' && (
        <Setting
          label="Run at"
          hint="By the clock of this browser"
          type="datetime-local"
          value={draft.at}
          onChange={(at) => change({ at })}
          faults={faults.get('/run_at')}
          className="mt-3"
        />
      )}
    </div>
  );
}
