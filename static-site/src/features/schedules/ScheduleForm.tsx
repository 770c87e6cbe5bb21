import { useId, useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { TaskInfo, WholeSchedule } from '@/shared/api/types';
import { faultsByPointer } from '@/shared/form/faults';
import { ParamsFields } from '@/shared/form/ParamsFields';
import { PriorityField } from '@/shared/form/PriorityField';
import { Refusal } from '@/shared/form/Refusal';
import { Setting } from '@/shared/form/Setting';
import { shapeOf, startOf } from '@/shared/form/shape';
import { useFocusOnFault } from '@/shared/form/useFocusOnFault';
import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { FieldFaults } from '@/shared/ui/FieldFaults';
import { useSaveSchedule } from './api';
import { draftOf, emptyDraft, scheduleFrom, type Draft } from './draft';
import { CATCH_UP, OVERLAP } from './standing';
import { WhenFields } from './WhenFields';

interface ScheduleFormProps {
  tasks: TaskInfo[];
  /** The one to be changed; without it, one is made. */
  schedule?: WholeSchedule;
  onSaved: (schedule: WholeSchedule) => void;
  cancel: ReactNode;
}

const shapeFor = (tasks: TaskInfo[], name: string) =>
  shapeOf(tasks.find((task) => task.name === name)?.params_schema ?? {});

const hereZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const OVERLAPS = choicesOf(OVERLAP);
const CATCH_UPS = choicesOf(CATCH_UP);

function choicesOf<T extends string>(words: Record<T, { label: string }>) {
  // The keys of a complete record are its key type.
  return (Object.keys(words) as T[]).map((value) => ({ value, label: words[value].label }));
}

export function ScheduleForm({ tasks, schedule, onSaved, cancel }: ScheduleFormProps) {
  const [draft, setDraft] = useState<Draft>(() => {
    if (schedule) return draftOf(schedule);
    const first = tasks[0]?.name ?? '';
    return emptyDraft(first, startOf(shapeFor(tasks, first)), hereZone());
  });
  const shape = useMemo(() => shapeFor(tasks, draft.task), [tasks, draft.task]);
  const save = useSaveSchedule(schedule?.id ?? null);
  const problem = useMemo(() => (save.error ? asProblem(save.error) : null), [save.error]);
  const form = useFocusOnFault(problem);
  const faults = faultsByPointer(problem?.faults ?? []);
  const change = (part: Partial<Draft>) => setDraft((held) => ({ ...held, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(scheduleFrom(draft), { onSuccess: onSaved });
  };
  return (
    <form
      ref={form}
      onSubmit={submit}
      noValidate
      className="panel w-full max-w-[920px] min-w-0"
      aria-label={schedule ? `Edit ${schedule.name}` : 'New schedule'}
    >
      <div className="border-b border-line p-4">
        <Setting
          label="Name"
          type="text"
          value={draft.name}
          onChange={(name) => change({ name })}
          faults={faults.get('/name')}
        />
      </div>
      <Section title="When">
        <WhenFields cron={draft.cron} timezone={draft.timezone} onChange={change} faults={faults} />
      </Section>
      <Section title="What">
        <div className="flex flex-col gap-4">
          <TaskField
            tasks={tasks}
            value={draft.task}
            onChange={(task) => change({ task, params: startOf(shapeFor(tasks, task)) })}
            faults={faults.get('/task')}
          />
          <ParamsFields
            key={draft.task}
            shape={shape}
            params={draft.params}
            onChange={(params) => change({ params })}
            faults={faults}
          />
          <PriorityField
            value={draft.priority}
            onChange={(priority) => change({ priority })}
            faults={faults.get('/priority')}
          />
        </div>
      </Section>
      <Section title="How">
        <div className="grid grid-cols-2 gap-x-5 gap-y-4 max-md:grid-cols-1">
          <Policy label="Overlap" about={OVERLAP[draft.overlap].about}>
            <Choice
              label="Overlap"
              options={OVERLAPS}
              value={draft.overlap}
              onChange={(overlap) => change({ overlap })}
              wide
            />
          </Policy>
          <Policy label="Catch up" about={CATCH_UP[draft.catchUp].about}>
            <Choice
              label="Catch up"
              options={CATCH_UPS}
              value={draft.catchUp}
              onChange={(catchUp) => change({ catchUp })}
              wide
            />
          </Policy>
          {draft.catchUp === 'all' && (
            <Setting
              label="Catch up at most"
              hint="Runs. Empty: 10"
              type="number"
              value={draft.catchUpLimit}
              onChange={(catchUpLimit) => change({ catchUpLimit })}
              faults={faults.get('/catch_up_limit')}
              className="md:col-start-2"
            />
          )}
          <Setting
            label="Max retries"
            hint="Empty: as the task says"
            type="number"
            value={draft.maxRetries}
            onChange={(maxRetries) => change({ maxRetries })}
            faults={faults.get('/max_retries')}
          />
          <Setting
            label="Time limit"
            hint="In seconds. Empty: as the task says"
            type="number"
            value={draft.timeout}
            onChange={(timeout) => change({ timeout })}
            faults={faults.get('/timeout_seconds')}
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
      </Section>
      <footer className="flex flex-wrap items-center gap-3 border-t border-line px-4 py-3">
        {problem && <Refusal problem={problem} />}
        <span className="ml-auto flex gap-2.5">
          {cancel}
          <Button type="submit" kind="main" busy={save.isPending} className="min-h-9 px-4">
            {schedule ? 'Save changes' : 'Create schedule'}
          </Button>
        </span>
      </footer>
    </form>
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="border-b border-line p-4 last-of-type:border-b-0" aria-label={title}>
    <h2 className="mb-3 text-sm font-semibold">{title}</h2>
    {children}
  </section>
);

const Policy = ({ label, about, children }: { label: string; about: string; children: ReactNode }) => (
  <div className="min-w-0">
    <span className="mb-1 block text-xs font-[540]">{label}</span>
    {children}
    <p className="mt-1 text-2xs text-faint">{about}</p>
  </div>
);

interface TaskFieldProps {
  tasks: TaskInfo[];
  value: string;
  onChange: (task: string) => void;
  faults: string[] | undefined;
}

function TaskField({ tasks, value, onChange, faults }: TaskFieldProps) {
  const id = useId();
  const task = tasks.find(({ name }) => name === value);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs font-[540]">
        Task
      </label>
      <select
        id={id}
        className="field"
        value={value}
        aria-describedby={`${id}-about ${id}-fault`}
        aria-invalid={faults ? true : undefined}
        onChange={({ target }) => onChange(target.value)}
      >
        {!task && <option value={value}>{value}</option>}
        {tasks.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <p id={`${id}-about`} className="mt-1 text-2xs text-faint">
        {task ? task.description.split('\n\n')[0] : 'No worker has announced it.'}
      </p>
      <FieldFaults id={`${id}-fault`} faults={faults} />
    </div>
  );
}
