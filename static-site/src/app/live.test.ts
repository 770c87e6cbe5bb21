import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import type { FeedStatus, Link } from '@/features/feed/store';
import { mendWhenBack } from './live';

const status = (link: Link, fault: string | null = null): FeedStatus => ({
  link,
  fault,
  heardAt: 1,
  cursor: '1',
});

async function watched(refetchInterval: number | false) {
  const client = new QueryClient();
  const ask = vi.fn(() => Promise.resolve('answer'));
  const observer = new QueryObserver(client, {
    queryKey: ['q'],
    queryFn: ask,
    refetchInterval,
    retry: false,
  });
  const leave = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce());
  return { mend: mendWhenBack(client), ask, leave };
}

it('asks anew for what is asked from time to time when a hidden tab is shown', async () => {
  const { mend, ask, leave } = await watched(600_000);
  mend(status('socket'));
  mend(status('off'));
  expect(ask).toHaveBeenCalledOnce();

  mend(status('opening'));
  mend(status('socket'));
  leave();

  expect(ask).toHaveBeenCalledTimes(2);
});

it('leaves alone what the feed keeps true', async () => {
  const { mend, ask, leave } = await watched(false);
  mend(status('socket'));
  mend(status('off'));
  mend(status('socket'));
  leave();

  expect(ask).toHaveBeenCalledOnce();
});

it('does not take the first opening for a return', async () => {
  const { mend, ask, leave } = await watched(600_000);
  mend({ ...status('opening'), heardAt: null });
  mend({ ...status('socket'), heardAt: null });
  mend(status('socket'));
  leave();

  expect(ask).toHaveBeenCalledOnce();
});
