/** Renders a view among what it needs: a query client and a router with the site's addresses. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';
import Toasts from '@/shared/ui/Toasts';

export function renderView(
  view: ReactElement,
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } }),
) {
  const root = createRootRoute();
  const paths = [
    '/',
    '/jobs',
    '/jobs/$jobId',
    '/lanes',
    '/errors',
    '/errors/$fingerprint',
    '/queues',
    '/schedules',
    '/schedules/new',
    '/schedules/$scheduleId',
    '/schedules/$scheduleId/edit',
    '/submit',
    '/workers',
    '/docs',
  ] as const;
  const router = createRouter({
    routeTree: root.addChildren(paths.map((path) => createRoute({ getParentRoute: () => root, path }))),
    history: createMemoryHistory({ initialEntries: ['/'] }),
  });
  const around = (inner: ReactElement) => (
    <QueryClientProvider client={client}>
      <RouterContextProvider router={router}>
        {inner}
        <Toasts />
      </RouterContextProvider>
    </QueryClientProvider>
  );
  const shown = render(around(view));
  /** The same view with other props. */
  const again = (other: ReactElement) => shown.rerender(around(other));
  return { ...shown, client, again };
}
