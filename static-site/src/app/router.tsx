import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { keyInFragment } from '@/features/session/api';
import { credentials } from '@/shared/api/credentials';
import { parseSearch, stringifySearch } from './address';
import { parseErrorsSearch } from './routes/errors.search';
import { parseJobsSearch } from './routes/jobs.search';
import { parseLanesSearch } from './routes/lanes.search';
import OverviewRoute from './routes/OverviewRoute';
import { parseOverviewSearch } from './routes/overview.search';
import { dialogs } from './shell/dialogs';
import { Broken, BrokenView, NotFound } from './shell/Fallbacks';
import { Root } from './shell/Root';
import { Shell } from './shell/Shell';

/** All but the Overview: where one begins, and of what most others are made too, so it comes with the shell. */
const pages = {
  jobs: () => import('./routes/JobsRoute'),
  job: () => import('./routes/JobRoute'),
  lanes: () => import('./routes/LanesRoute'),
  errors: () => import('./routes/ErrorsRoute'),
  error: () => import('./routes/ErrorRoute'),
  queues: () => import('./routes/QueuesRoute'),
  submit: () => import('./routes/SubmitRoute'),
  schedules: () => import('./routes/SchedulesRoute'),
  schedule: () => import('./routes/ScheduleRoute'),
  scheduleForm: () => import('./routes/ScheduleFormRoute'),
  workers: () => import('./routes/WorkersRoute'),
  docs: () => import('./routes/DocsRoute'),
};

/** Fetches the code of every page and dialog while the server is there, so that going to one works when it is not. */
export const preloadPages = (): void => {
  for (const part of [...Object.values(pages), ...Object.values(dialogs)]) part().catch(() => undefined);
};

const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: Broken });

/** A page of this site and nothing else: a foreign address in a link must not be followed after signing in. */
const localPath = (value: unknown): string | undefined =>
  typeof value === 'string' && value.startsWith('/') && !value.startsWith('//') && !value.includes('\\')
    ? value
    : undefined;

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { back?: string } => ({ back: localPath(search.back) }),
  beforeLoad: () => {
    const key = keyInFragment(location.hash);
    if (!key) return;
    credentials.signIn(key);
    // Replaced, so that the key stays neither in the address bar nor in the history.
    throw redirect({ to: '/', replace: true });
  },
  component: lazyRouteComponent(() => import('./routes/SignInRoute')),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: ({ location: { href } }) => {
    if (credentials.read().key) return;
    throw redirect({ to: '/sign-in', search: { back: href === '/' ? undefined : href }, replace: true });
  },
  component: Shell,
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: parseOverviewSearch,
  component: OverviewRoute,
});

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  validateSearch: parseJobsSearch,
  component: lazyRouteComponent(pages.jobs),
});

const job = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(pages.job),
});

const lanes = createRoute({
  getParentRoute: () => shell,
  path: '/lanes',
  validateSearch: parseLanesSearch,
  component: lazyRouteComponent(pages.lanes),
});

const errors = createRoute({
  getParentRoute: () => shell,
  path: '/errors',
  validateSearch: parseErrorsSearch,
  component: lazyRouteComponent(pages.errors),
});

const error = createRoute({
  getParentRoute: () => shell,
  path: '/errors/$fingerprint',
  validateSearch: (search: Record<string, unknown>): { bulk?: string } => ({
    bulk: typeof search.bulk === 'string' ? search.bulk : undefined,
  }),
  component: lazyRouteComponent(pages.error),
});

const queues = createRoute({
  getParentRoute: () => shell,
  path: '/queues',
  validateSearch: (search: Record<string, unknown>) => ({ range: parseOverviewSearch(search).range }),
  component: lazyRouteComponent(pages.queues),
});

const submit = createRoute({
  getParentRoute: () => shell,
  path: '/submit',
  validateSearch: (search: Record<string, unknown>): { task?: string; like?: string } => ({
    task: typeof search.task === 'string' ? search.task : undefined,
    like: typeof search.like === 'string' ? search.like : undefined,
  }),
  component: lazyRouteComponent(pages.submit),
});

const schedules = createRoute({
  getParentRoute: () => shell,
  path: '/schedules',
  component: lazyRouteComponent(pages.schedules),
});

const newSchedule = createRoute({
  getParentRoute: () => shell,
  path: '/schedules/new',
  component: lazyRouteComponent(pages.scheduleForm, 'NewScheduleRoute'),
});

const schedule = createRoute({
  getParentRoute: () => shell,
  path: '/schedules/$scheduleId',
  component: lazyRouteComponent(pages.schedule),
});

const editSchedule = createRoute({
  getParentRoute: () => shell,
  path: '/schedules/$scheduleId/edit',
  component: lazyRouteComponent(pages.scheduleForm, 'EditScheduleRoute'),
});

const workers = createRoute({
  getParentRoute: () => shell,
  path: '/workers',
  component: lazyRouteComponent(pages.workers),
});

const docs = createRoute({
  getParentRoute: () => shell,
  path: '/docs',
  component: lazyRouteComponent(pages.docs),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([
      overview,
      jobs,
      job,
      lanes,
      errors,
      error,
      queues,
      submit,
      schedules,
      newSchedule,
      schedule,
      editSchedule,
      workers,
      docs,
    ]),
  ]),
  parseSearch,
  stringifySearch,
  // What breaks in one view leaves the rest of the page standing, and is gone with a step elsewhere.
  defaultErrorComponent: BrokenView,
  defaultPreload: 'intent',
  defaultPreloadDelay: 60,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
