/** What colours and patterns mean. */
import { PRIORITIES } from '@/shared/api/types';
import { Icon } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { STRENGTH } from './ink';

const SAMPLE = 'inline-block h-3 w-5 rounded-[3px]';
const STRIPES =
  'repeating-linear-gradient(135deg, transparent 0 3px, color-mix(in oklab, var(--text) 45%, transparent) 3px 5px)';

export const Legend = () => (
  <ul className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-soft" aria-label="Legend">
    {PRIORITIES.map((priority) => (
      <li key={priority} className="flex items-center gap-1.5">
        <span
          className={SAMPLE}
          style={{
            background: `color-mix(in oklab, ${PRIORITY_LOOK[priority].colour} ${STRENGTH[priority]}%, var(--solid))`,
          }}
          aria-hidden="true"
        />
        {PRIORITY_LOOK[priority].label}
      </li>
    ))}
    <li className="flex items-center gap-1.5">
      <span className={`${SAMPLE} border border-line-2`} style={{ background: STRIPES }} aria-hidden="true" />
      Running
    </li>
    <li className="flex items-center gap-1.5">
      <span className={`${SAMPLE} border-2 border-fail`} aria-hidden="true" />
      <Icon name="close" size={11} className="-ml-1 text-fail" />
      Failed
    </li>
    <li className="flex items-center gap-1.5">
      <span className={`${SAMPLE} border-2 border-dashed border-fail`} aria-hidden="true" />
      Lost
    </li>
    <li className="flex items-center gap-1.5">
      <span className={`${SAMPLE} border-2 border-dashed border-line-2`} aria-hidden="true" />
      Stopped
    </li>
  </ul>
);
