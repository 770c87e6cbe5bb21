import { Dialog } from 'radix-ui';
import { IconButton } from '@/shared/ui/Button';
import { Key } from '@/shared/ui/Tag';
import { PLACES } from './places';

const KEYS: { keys: string[]; does: string }[] = [
  ...PLACES.map(({ letter, label }) => ({ keys: ['g', letter], does: `Go to ${label}` })),
  { keys: ['/'], does: 'Focus the filter' },
  { keys: ['t'], does: 'Next theme' },
  { keys: ['?'], does: 'This help' },
  { keys: ['Esc'], does: 'Close, or clear the filter' },
];

export default function HelpDialog({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-veil backdrop-blur-[2px]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="popover appear fixed top-[18vh] left-1/2 z-50 w-[min(380px,calc(100vw-32px))] -translate-x-1/2 p-5"
        >
          <div className="flex items-center justify-between">
            <Dialog.Title className="text-base font-semibold">Keys</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton icon="close" label="Close" />
            </Dialog.Close>
          </div>
          <dl className="mt-3 flex flex-col divide-y divide-line">
            {KEYS.map(({ keys, does }) => (
              <div key={does} className="flex items-center justify-between py-2 text-xs">
                <dt className="text-soft">{does}</dt>
                <dd className="flex gap-1">
                  {keys.map((key) => (
                    <Key key={key}>{key}</Key>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
