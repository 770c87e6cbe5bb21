import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import type { Problem } from '@/shared/api/problem';
import { PRIORITIES, type TaskInfo } from '@/shared/api/types';
import { span } from '@/shared/format/format';
import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { FieldFaults } from '@/shared/ui/FieldFaults';
import { Icon } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { SchemaField } from './SchemaField';
import { withField, type Shape } from './shape';
import { faultsByPointer, type Draft } from './submission';

const PRIORITY_OPTIONS = PRIORITIES.map((value) => ({ value, ...PRIORITY_LOOK[value] }));

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
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // To the first field the server did not like, wherever the reader has scrolled to.
    if (problem) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);
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
        {shape.fields.length === 0 && shape.kind === 'object' && (
          <p className="text-xs text-faint">This task takes no params.</p>
        )}
        {shape.kind !== 'object' && (
          <SchemaField
            shape={{ ...shape, title: 'Params', required: true }}
            pointer="/params"
            value={draft.params}
            onChange={(next) =>
              change({
                params: typeof next === 'object' && next !== null && !Array.isArray(next) ? next : {},
              })
            }
            faults={faults}
          />
        )}
        {shape.fields.map(([name, field]) => (
          <SchemaField
            key={`${task.name} ${name}`}
            shape={field}
            pointer={`/params/${name}`}
            value={draft.params[name]}
            onChange={(next) => change({ params: withField(draft.params, name, next) })}
            faults={faults}
          />
        ))}
        <FieldFaults faults={shape.kind === 'object' ? faults.get('/params') : undefined} />
      </div>
      <fieldset className="border-t border-line p-4">
        <legend className="sr-only">How it runs</legend>
        <div className="mb-4">
          <span className="mb-1 block text-xs font-[540]">Priority</span>
          <Choice
            label="Priority"
            options={PRIORITY_OPTIONS}
            value={draft.priority}
            onChange={(priority) => change({ priority })}
            wide
          />
          <FieldFaults faults={faults.get('/priority')} />
        </div>
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <Setting
            label="Delay"
            hint="In seconds. Empty: run as soon as a slot is free"
            type="number"
            value={draft.delay}
            onChange={(delay) => change({ delay })}
            faults={faults.get('/delay_seconds')}
          />
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

function Refusal({ problem }: { problem: Problem }): ReactNode {
  const general = problem.faults.filter(
    ({ pointer }) => pointer === '' || pointer === '/' || pointer === '/task',
  );
  return (
    <p role="alert" className="flex min-w-0 flex-1 items-start gap-2 text-xs text-fail">
      <Icon name="warning" size={14} className="mt-px" />
      <span>{[problem.detail || problem.title, ...general.map(({ message }) => message)].join(' ')}</span>
    </p>
  );
}

interface SettingProps {
  label: string;
  hint: string;
  type: 'number' | 'text';
  value: string;
  onChange: (value: string) => void;
  faults: string[] | undefined;
  className?: string;
}

function Setting({ label, hint, type, value, onChange, faults, className = '' }: SettingProps) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-xs font-[540]">
        {label}
      </label>
      <input
        id={id}
        type={type}
        autoComplete="off"
        className="field"
        aria-describedby={`${id}-hint ${id}-fault`}
        aria-invalid={faults ? true : undefined}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      <p id={`${id}-hint`} className="mt-1 text-2xs text-faint">
        {hint}
      </p>
      <FieldFaults id={`${id}-fault`} faults={faults} />
    </div>
  );
}
