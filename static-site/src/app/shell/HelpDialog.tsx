import { DialogBox } from '@/shared/ui/DialogBox';
import { Key } from '@/shared/ui/Tag';
import { letLettersWork, PALETTE_KEYS, useLettersWork } from '@/shared/ui/keys';
import { PLACES } from './places';

interface Line {
  keys: string[];
  does: string;
}

const KEYS: { title: string; lines: Line[] }[] = [
  {
    title: 'Go',
    lines: PLACES.map(({ letter, label }) => ({ keys: ['g', letter], does: label })),
  },
  {
    title: 'In lists',
    lines: [
      { keys: ['j'], does: 'Next row' },
      { keys: ['k'], does: 'Row before' },
      { keys: ['Enter'], does: 'Open the row' },
      { keys: ['x'], does: 'Select the row' },
      { keys: ['/'], does: 'Filter' },
    ],
  },
  {
    title: 'A job',
    lines: [
      { keys: ['r'], does: 'Retry' },
      { keys: ['c'], does: 'To the Cancel button' },
    ],
  },
  {
    title: 'Everywhere',
    lines: [
      { keys: PALETTE_KEYS, does: 'Search or act' },
      { keys: ['t'], does: 'Next theme' },
      { keys: ['?'], does: 'This help' },
      { keys: ['Esc'], does: 'Close, clear the filter or the selection' },
    ],
  },
];

export default function HelpDialog({ close }: { close: () => void }) {
  const work = useLettersWork();
  return (
    <DialogBox
      title="Keys"
      close={close}
      wide
      foot={
        <label className="mr-auto flex min-h-6 items-center gap-2.5 text-xs">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={work}
            onChange={({ target }) => letLettersWork(target.checked)}
          />
          Single letters are commands
        </label>
      }
    >
      <div className="grid grid-cols-2 gap-x-8 gap-y-5 max-sm:grid-cols-1">
        {KEYS.map(({ title, lines }) => (
          <section key={title} aria-label={title}>
            <h3 className="mb-1 text-2xs font-semibold text-faint">{title}</h3>
            <dl className="divide-y divide-line">
              {lines.map(({ keys, does }) => (
                <div key={does} className="flex items-center justify-between gap-3 py-1.5 text-xs">
                  <dt className="text-soft">{does}</dt>
                  <dd className="flex gap-1">
                    {keys.map((key) => (
                      <Key key={key}>{key}</Key>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </DialogBox>
  );
}
