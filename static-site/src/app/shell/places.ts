/** The places of the site, in the order of the navigation. A new page is one line here and its route. */
import type { IconName } from '@/shared/ui/Icon';

export interface Place {
  to: '/' | '/jobs' | '/lanes' | '/queues' | '/errors' | '/schedules' | '/workers' | '/submit' | '/docs';
  label: string;
  icon: IconName;
  /** The letter after `g` that goes there. */
  letter: string;
  /** One of the few in the bar of a narrow screen; the others are behind its menu. */
  near?: boolean;
  /** Below the others, with the settings: it is about the service, not about what happens in it. */
  foot?: boolean;
  /** Other words under which the palette finds it. */
  words?: string[];
}

export const PLACES: Place[] = [
  { to: '/', label: 'Overview', icon: 'overview', letter: 'o', near: true },
  { to: '/jobs', label: 'Jobs', icon: 'jobs', letter: 'j', near: true },
  { to: '/lanes', label: 'Lanes', icon: 'lanes', letter: 'l', near: true },
  { to: '/queues', label: 'Queues', icon: 'queues', letter: 'q' },
  { to: '/errors', label: 'Errors', icon: 'errors', letter: 'e' },
  { to: '/schedules', label: 'Schedules', icon: 'schedules', letter: 'c' },
  { to: '/workers', label: 'Workers', icon: 'workers', letter: 'w' },
  { to: '/submit', label: 'Submit', icon: 'submit', letter: 's', near: true },
  { to: '/docs', label: 'API', icon: 'code', letter: 'a', foot: true, words: ['docs', 'openapi', 'curl'] },
];

/** How a line of the side navigation looks, a place or a menu. */
export const NAV_ITEM =
  'flex w-full items-center gap-2.5 rounded-sm px-2 py-[7px] text-left text-soft transition duration-(--quick) hover:bg-panel hover:text-text';
