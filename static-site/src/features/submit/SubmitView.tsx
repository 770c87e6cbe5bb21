import { useMemo, useState } from 'react';
import { asProblem, Problem } from '@/shared/api/problem';
import type { Job, TaskInfo } from '@/shared/api/types';
import { shapeOf, startOf } from '@/shared/form/shape';
import { useSubmitJob } from './api';
import { SamplePanel } from './SamplePanel';
import { emptyDraft, submissionFrom, unsaidIn, type Draft } from './submission';
import { SubmitForm } from './SubmitForm';
import { TaskPicker } from './TaskPicker';

interface SubmitViewProps {
  tasks: TaskInfo[];
  chosen: string | undefined;
  onChoose: (task: string) => void;
  onSubmitted: (job: Job) => void;
  /** A job whose words the form starts with. */
  like?: Job;
}

export function SubmitView({ tasks, chosen, onChoose, onSubmitted, like }: SubmitViewProps) {
  const task = tasks.find(({ name }) => name === chosen) ?? tasks[0];
  return (
    <div className="grid grid-cols-[260px_minmax(0,1fr)_minmax(0,400px)] items-start gap-4 max-xl:grid-cols-[240px_minmax(0,1fr)] max-lg:grid-cols-1">
      <TaskPicker tasks={tasks} chosen={task?.name} onChoose={onChoose} />
      {task && (
        <Composer
          key={task.name}
          task={task}
          onSubmitted={onSubmitted}
          like={like?.task === task.name ? like : undefined}
        />
      )}
    </div>
  );
}

function Composer({
  task,
  onSubmitted,
  like,
}: {
  task: TaskInfo;
  onSubmitted: (job: Job) => void;
  like?: Job;
}) {
  const shape = useMemo(() => shapeOf(task.params_schema), [task.params_schema]);
  const [draft, setDraft] = useState<Draft>(() => (like ? draftLike(like) : emptyDraft(startOf(shape))));
  const submit = useSubmitJob();
  const [untold, setUntold] = useState<Problem | null>(null);
  const refused = useMemo(() => (submit.error ? asProblem(submit.error) : null), [submit.error]);
  const unsaid = unsaidIn(draft);
  // What was missing is not any more once it is said, or not needed.
  const problem = unsaid && untold?.faults.includes(unsaid) ? untold : refused;
  const submission = useMemo(() => submissionFrom(task.name, draft), [task.name, draft]);
  const send = (): void => {
    setUntold(unsaid && new Problem(0, 'unsaid', 'Nothing was submitted yet', '', [unsaid]));
    if (unsaid) submit.reset();
    else submit.mutate(submission, { onSuccess: onSubmitted });
  };
  return (
    <>
      <SubmitForm
        task={task}
        shape={shape}
        draft={draft}
        problem={problem}
        busy={submit.isPending}
        onChange={setDraft}
        onSubmit={send}
      />
      <div className="sticky top-4 min-w-0 max-xl:static max-xl:col-start-2 max-lg:col-start-1">
        <SamplePanel submission={submission} />
      </div>
    </>
  );
}

const draftLike = (job: Job): Draft => ({
  // Params came from JSON and go back to JSON.
  ...emptyDraft(job.params as Draft['params']),
  priority: job.priority,
  maxRetries: String(job.max_retries),
  tags: job.tags.join(' '),
});
