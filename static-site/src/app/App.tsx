import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { credentials } from '@/shared/api/credentials';
import { Problem } from '@/shared/api/problem';
import { preloadPages, router } from './router';

/** A refusal is an answer; only silence and a server in trouble are worth asking again. */
const isWorthAnotherTry = (failures: number, error: unknown): boolean =>
  failures < 3 && !(error instanceof Problem && error.status >= 400 && error.status < 500);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: isWorthAnotherTry,
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      // The server is often this very machine: the browser's idea of being online says nothing about it.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

const PRELOAD_AFTER_MILLISECONDS = 2_000;

export function App() {
  useEffect(() => {
    const timer = setTimeout(preloadPages, PRELOAD_AFTER_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(
    () =>
      credentials.subscribe(() => {
        if (credentials.read().key === null) client.clear();
        void router.invalidate();
      }),
    [],
  );
  return (
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
