import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { ExportMenu } from './ExportMenu';

/** Each page has a landmark of its own, as the shell gives it one. */
const page = (path: string) => (
  <main key={path} id="main">
    <ExportMenu filters={{}} />
  </main>
);

it('opens inside the landmark of the page that is shown, also after another one', async () => {
  const { rerender } = render(page('/'));
  rerender(page('/jobs'));
  await userEvent.click(screen.getByRole('button', { name: 'Export' }));

  expect(within(screen.getByRole('main')).getAllByRole('menuitem')).toHaveLength(2);
});
