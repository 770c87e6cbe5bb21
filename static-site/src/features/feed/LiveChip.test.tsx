import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { renderView } from '@/shared/testing/render';
import { LiveChipView } from './LiveChip';
import { moodOf } from './mood';
import type { FeedStatus } from './store';

const status = (change: Partial<FeedStatus>): FeedStatus => ({
  link: 'socket',
  heardAt: 0,
  fault: null,
  cursor: '1',
  ...change,
});

it('says live while the socket was heard lately, and stale with the seconds when it was not', () => {
  expect(moodOf(status({}), 5_000)).toEqual({ mood: 'live', silentSeconds: 5 });
  expect(moodOf(status({}), 45_000)).toEqual({ mood: 'stale', silentSeconds: 45 });
});

it('says polling while polls are answered, and stale when they fail', () => {
  expect(moodOf(status({ link: 'polling' }), 20_000).mood).toBe('polling');
  expect(moodOf(status({ link: 'polling', fault: 'No answer' }), 12_000)).toEqual({
    mood: 'stale',
    silentSeconds: 12,
  });
});

it('says stale, not live, when the server was never heard and polling fails', () => {
  expect(moodOf(status({ link: 'polling', heardAt: null, fault: 'No answer' }), 0).mood).toBe('stale');
});

it('explains itself on click and offers to reconnect', async () => {
  const reconnect = vi.fn();
  renderView(
    <LiveChipView
      status={status({ link: 'polling', heardAt: Date.now(), fault: null })}
      reconnect={reconnect}
    />,
  );

  expect(screen.getByRole('status')).toHaveTextContent('polling');

  await userEvent.click(screen.getByRole('button', { name: /polling/ }));
  await userEvent.click(await screen.findByRole('button', { name: 'Reconnect now' }));

  expect(screen.getByRole('dialog')).toHaveTextContent('asks for changes instead');
  expect(reconnect).toHaveBeenCalledOnce();
});
