/** What the palette offers: values, so that what it shows can be tested without it. */
import type { Queue, TaskInfo } from '@/shared/api/types';
import type { IconName } from '@/shared/ui/Icon';
import { PRIORITY_LOOK } from '@/shared/ui/states';
import { THEMES, type Theme } from '../theme';
import { PLACES, type Place } from '../shell/places';

export interface Command {
  group:
    'Job' | 'Go to' | 'Act' | 'Queues' | 'Jobs of a task' | 'Submit' | 'Environment' | 'Theme' | 'Search';
  label: string;
  icon: IconName;
  /** Other words under which it is found. */
  words?: string[];
  keys?: string[];
  run: () => void;
}

/** What the commands do, given by who knows the router and the server. */
export interface Doers {
  go: (to: Place['to']) => void;
  openJob: (jobId: string) => void;
  jobsOf: (task: string) => void;
  searchJobs: (text: string) => void;
  submitTask: (task: string) => void;
  pause: (queue: Queue) => void;
  runDemo: () => void;
  switchTo: (environment: string) => void;
  theme: (theme: Theme) => void;
  help: () => void;
  signOut: () => void;
}

export interface Known {
  tasks: TaskInfo[];
  queues: Queue[];
  /** The environments one may switch to. */
  environments: string[];
}

/** How the one begins that fits whatever was typed. */
export const SEARCH = 'Search jobs for';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const THEME_ICONS: Record<Theme, IconName> = { system: 'screen', dark: 'moon', light: 'sun' };

/** For an id, also out of a pasted address. */
export function jobCommand(typed: string, { openJob }: Doers): Command[] {
  const id = UUID.exec(typed)?.[0].toLowerCase();
  return id ? [{ group: 'Job', label: `Open job ${id}`, icon: 'jobs', run: () => openJob(id) }] : [];
}

/** For anything else that may be typed: it fits always, and so comes last. */
export function searchCommand(typed: string, { searchJobs }: Doers): Command[] {
  const text = typed.trim();
  if (text === '' || UUID.test(text)) return [];
  return [{ group: 'Search', label: `${SEARCH} “${text}”`, icon: 'search', run: () => searchJobs(text) }];
}

export function allCommands(known: Known, doers: Doers): Command[] {
  return [
    ...PLACES.map(({ to, label, icon, letter, words }): Command => ({
      group: 'Go to',
      label,
      icon,
      words,
      keys: ['g', letter],
      run: () => doers.go(to),
    })),
    { group: 'Act', label: 'Run the priority demo', icon: 'play', run: doers.runDemo },
    { group: 'Act', label: 'Keys', icon: 'help', words: ['help', 'shortcuts'], keys: ['?'], run: doers.help },
    { group: 'Act', label: 'Sign out', icon: 'leave', run: doers.signOut },
    ...known.queues.map((queue): Command => ({
      group: 'Queues',
      label: `${queue.paused ? 'Resume' : 'Pause'} ${queue.name}`,
      icon: PRIORITY_LOOK[queue.name].icon,
      words: ['queue'],
      run: () => doers.pause(queue),
    })),
    ...known.tasks.map(({ name }): Command => ({
      group: 'Jobs of a task',
      label: `Jobs of ${name}`,
      icon: 'filter',
      run: () => doers.jobsOf(name),
    })),
    ...known.tasks.map(({ name }): Command => ({
      group: 'Submit',
      label: `Submit ${name}`,
      icon: 'submit',
      run: () => doers.submitTask(name),
    })),
    ...known.environments.map((name): Command => ({
      group: 'Environment',
      label: `Switch to ${name}`,
      icon: 'now',
      words: ['environment'],
      run: () => doers.switchTo(name),
    })),
    ...THEMES.map((theme): Command => ({
      group: 'Theme',
      label: `Theme: ${theme}`,
      icon: THEME_ICONS[theme],
      run: () => doers.theme(theme),
    })),
  ];
}
