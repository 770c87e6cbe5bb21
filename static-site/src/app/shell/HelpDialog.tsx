import { DialogBox } from '@/shared/ui/DialogBox';
import { Key } from '@/shared/ui/Tag';
import { PLACES } from './places';

const KEYS: { keys: string[]; does: string }[] = [
  ...PLACES.map(({ letter, label }) => ({ keys: ['g', letter], does: `Go to ${label}` })),
  { keys: ['/'], does: 'Focus the filter' },
  { keys: ['t'], does: 'Next theme' },
  { keys: ['?'], does: 'This help' },
  { keys: ['Esc'], does: 'Close, clear the filter or the selection' },
];

export default function HelpDialog({ close }: { close: () => void }) {
  return (
    <DialogBox title="Keys" close={close}>
      <dl className="flex flex-col divide-y divide-line">
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
    </DialogBox>
  );
}
