import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { PriorityMenu } from './PriorityMenu';

/** Each page has a landmark of its own, as the shell gives it one. */
const page = (path: string) => (
  <main key={path} id="main">
    <PriorityMenu value="low" onChoose={vi.fn()}>
      <button>Priority</button>
    </PriorityMenu>
  </main>
);

it('opens inside the landmark of the page that is shown, also after another one', async () => {
  const { rerender } = render(page('/jobs'));
  rerender(page('/jobs/1'));
  await userEvent.click(screen.getByRole('button', { name: 'Priority' }));

  expect(within(screen.getByRole('main')).getByRole('menuitemradio', { name: 'Low' })).toBeChecked();
});
