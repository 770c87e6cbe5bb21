import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { exactTime } from '@/shared/format/format';
import { Ago } from './Time';

it('says how long ago it was, and the exact moment on hover', () => {
  const time = new Date(Date.now() - 5 * 60_000 - 20_000).toISOString();
  render(<Ago time={time} />);
  const shown = screen.getByText('5 min ago');

  expect(shown).toHaveAttribute('title', exactTime(time));
  expect(shown).toHaveAttribute('datetime', time);
});
