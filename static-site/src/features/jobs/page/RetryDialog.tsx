import { useId, useMemo, useState, type FormEvent } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { Job, JsonObject, TaskInfo } from '@/shared/api/types';
import { faultsByPointer } from '@/shared/form/faults';
import { ParamsFields } from '@/shared/form/ParamsFields';
import { PriorityField } from '@/shared/form/PriorityField';
import { Refusal } from '@/shared/form/Refusal';
import { shapeOf } from '@/shared/form/shape';
import { useFocusOnFault } from '@/shared/form/useFocusOnFault';
import { Button } from '@/shared/ui/Button';
import { DialogBox } from '@/shared/ui/DialogBox';
import { useActOnJob } from '../acts';
import { ErrorBox } from './Attempts';

/** The same job once more, with other params. What went wrong stands above what may be changed. */
export function RetryDialog({ job, task, close }: { job: Job; task?: TaskInfo; close: () => void }) {
  const id = useId();
  const shape = useMemo(() => shapeOf(task?.params_schema), [task]);
  // Params came from JSON and go back to JSON.
  const [params, setParams] = useState(job.params as JsonObject);
  const [priority, setPriority] = useState(job.priority);
  const act = useActOnJob(job.id);
  const problem = useMemo(() => (act.error ? asProblem(act.error) : null), [act.error]);
  const form = useFocusOnFault(problem);
  const faults = faultsByPointer(problem?.faults ?? []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate({ action: 'retry', params, priority }, { onSuccess: close });
  };
  return (
    <DialogBox
      title="Edit and retry"
      wide
      close={close}
      foot={
        <>
          {problem && <Refusal problem={problem} />}
          <Button kind="quiet" onClick={close}>
            Back
          </Button>
          <Button type="submit" form={id} kind="main" icon="retry" busy={act.isPending}>
            Retry
          </Button>
        </>
      }
    >
      {job.error && <ErrorBox error={job.error} className="mb-4" />}
      <form id={id} ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        <ParamsFields shape={shape} params={params} onChange={setParams} faults={faults} />
        <PriorityField value={priority} onChange={setPriority} faults={faults.get('/priority')} />
      </form>
    </DialogBox>
  );
}
