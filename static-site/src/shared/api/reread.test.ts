import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { reread } from './reread';

it('does not break off what is being read, and reads it once more', async () => {
  const client = new QueryClient();
  const answers: ((value: string) => void)[] = [];
  const signals: AbortSignal[] = [];
  const observer = new QueryObserver(client, {
    queryKey: ['q'],
    queryFn: ({ signal }) => {
      signals.push(signal);
      return new Promise<string>((resolve) => answers.push(resolve));
    },
  });
  const leave = observer.subscribe(() => undefined);
  void reread(client, ['q']);
  void reread(client, ['q']);
  answers[0]?.('old');
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(1));
  answers.at(-1)?.('new');

  await vi.waitFor(() => expect(client.getQueryData(['q'])).toBe('new'));
  expect(signals[0]?.aborted).toBe(false);
  leave();
});
