/** The places of the site, in the order of the navigation. A new page is one line here and its route. */
import type { IconName } from '@/shared/ui/Icon';

export interface Place {
  to: '/' | '/jobs' | '/lanes' | '/errors' | '/schedules' | '/workers' | '/submit';
  label: string;
  icon: IconName;
  /** The letter after `g` that goes there. */
  letter: string;
}

export const PLACES: Place[] = [
  { to: '/', label: 'Overview', icon: 'overview', letter: 'o' },
  { to: '/jobs', label: 'Jobs', icon: 'jobs', letter: 'j' },
  { to: '/lanes', label: 'Lanes', icon: 'lanes', letter: 'l' },
  { to: '/errors', label: 'Errors', icon: 'errors', letter: 'e' },
  { to: '/schedules', label: 'Schedules', icon: 'schedules', letter: 'c' },
  { to: '/workers', label: 'Workers', icon: 'workers', letter: 'w' },
  { to: '/submit', label: 'Submit', icon: 'submit', letter: 's' },
];

/** How a line of the side navigation looks, a place or a menu. */
export const NAV_ITEM =
  'flex w-full items-center gap-2.5 rounded-sm px-2 py-[7px] text-left text-soft transition duration-(--quick) hover:bg-panel hover:text-text';
