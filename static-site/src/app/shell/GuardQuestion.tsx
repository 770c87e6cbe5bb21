import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { question, type Question } from '@/shared/ui/guard';

export default function GuardQuestion({ asked }: { asked: Question }) {
  const close = () => question.become(null);
  return (
    <ConfirmDialog
      title={asked.title}
      confirm={asked.confirm}
      busy={false}
      error={null}
      close={close}
      onConfirm={() => {
        close();
        asked.act();
      }}
    >
      <p>{asked.about}</p>
    </ConfirmDialog>
  );
}
