/** The questions before a worker is told to stop or to change its size. */
import { useId, useState, type FormEvent } from 'react';
import { asProblem } from '@/shared/api/problem';
import { plural } from '@/shared/format/format';
import { faultsByPointer } from '@/shared/form/faults';
import { Refusal } from '@/shared/form/Refusal';
import { Setting } from '@/shared/form/Setting';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { DialogBox } from '@/shared/ui/DialogBox';
import { toast } from '@/shared/ui/toasts';
import { useOrderWorker, type WatchedWorker } from './api';

interface OrderProps {
  worker: WatchedWorker;
  close: () => void;
}

export function StopQuestion({ worker, close }: OrderProps) {
  const order = useOrderWorker(worker);
  const running = worker.slots.filter(({ job }) => job).length;
  const stop = () =>
    order.mutate(
      { kind: 'stop' },
      {
        onSuccess: () => {
          toast.done('Asked to stop', worker.name);
          close();
        },
      },
    );
  return (
    <ConfirmDialog
      title={`Stop ${worker.name}?`}
      confirm="Stop worker"
      busy={order.isPending}
      error={order.error}
      onConfirm={stop}
      close={close}
    >
      <p>
        It takes no more jobs.{' '}
        {running > 0 &&
          `${plural(running, 'running job')} may finish in the grace period; what has not goes back. `}
        It must be started again by hand, or by what supervises it.
      </p>
    </ConfirmDialog>
  );
}

export function ResizeDialog({ worker, close }: OrderProps) {
  const id = useId();
  const held = worker.wanted_slots ?? worker.slots.length;
  const [slots, setSlots] = useState(String(held));
  const order = useOrderWorker(worker);
  const problem = order.error ? asProblem(order.error) : null;
  const wanted = Number(slots);
  const fewer = worker.slots.length - wanted;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    order.mutate(
      { kind: 'resize', slots: wanted },
      {
        onSuccess: () => {
          toast.done(`Asked for ${plural(wanted, 'slot')}`, worker.name);
          close();
        },
      },
    );
  };
  return (
    <DialogBox
      title={`Resize ${worker.name}`}
      close={close}
      foot={
        <>
          {problem && <Refusal problem={problem} />}
          <Button kind="quiet" onClick={close}>
            Back
          </Button>
          <Button
            type="submit"
            form={id}
            kind="main"
            busy={order.isPending}
            disabled={slots === '' || wanted === held}
          >
            Resize worker
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={submit} noValidate>
        <Setting
          label="Slots"
          hint={
            fewer > 0
              ? `${plural(fewer, 'slot')} fewer: each leaves when its job has ended`
              : 'How many jobs it runs at a time'
          }
          type="number"
          value={slots}
          onChange={setSlots}
          faults={faultsByPointer(problem?.faults ?? []).get('/slots')}
        />
      </form>
    </DialogBox>
  );
}
