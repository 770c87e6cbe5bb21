import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { JOB_STATES, PRIORITIES } from '@/shared/api/types';
import { PriorityLabel, StateBadge } from './labels';
import { STATE_LOOK } from './states';

it.each(JOB_STATES)('shows the state %s as a word and an icon', (state) => {
  const { container } = render(<StateBadge state={state} />);

  expect(screen.getByText(STATE_LOOK[state].label)).toBeVisible();
  expect(container.querySelector('svg path')).not.toBeNull();
});

it('lists every state that has a look, so that no filter badge is missing', () => {
  expect([...JOB_STATES].sort()).toEqual(Object.keys(STATE_LOOK).sort());
});

it('gives no two states the same word and no two the same icon', () => {
  const looks = Object.values(STATE_LOOK);

  expect(new Set(looks.map(({ label }) => label)).size).toBe(looks.length);
  expect(new Set(looks.map(({ icon }) => icon)).size).toBe(looks.length);
});

it.each(PRIORITIES)('never tells the priority %s by colour alone', (priority) => {
  render(<PriorityLabel priority={priority} bare />);

  expect(screen.getByText(new RegExp(priority, 'i'))).toBeInTheDocument();
});
