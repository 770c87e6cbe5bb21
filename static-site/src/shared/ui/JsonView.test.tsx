import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { JsonView } from './JsonView';

it('folds what lies deep, and unfolds it when asked', async () => {
  render(<JsonView label="Params" value={{ order: { items: { first: { sku: 'A-1' } } } }} />);
  expect(screen.queryByText('"A-1"')).toBeNull();
  const folded = screen.getByRole('button', { name: /"items".*1 entry/ });
  await userEvent.click(folded);
  await userEvent.click(screen.getByRole('button', { name: /"first".*1 entry/ }));

  expect(screen.getByText('"A-1"')).toBeVisible();
  expect(folded).toHaveAttribute('aria-expanded', 'true');
});

it('shows the beginning of a long text and of a long list, and the rest when asked', async () => {
  render(
    <JsonView
      label="Result"
      value={{ text: 'x'.repeat(450), list: Array.from({ length: 130 }, (_, n) => n) }}
    />,
  );
  await userEvent.click(screen.getByRole('button', { name: '50 more characters' }));
  expect(screen.getByText(`"${'x'.repeat(450)}"`)).toBeVisible();
  expect(screen.queryByText('129')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: '30 more' }));

  expect(screen.getByText('129')).toBeVisible();
});
