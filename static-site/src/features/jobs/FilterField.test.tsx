import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import { FilterField } from './FilterField';
import type { JobFilters } from './filters';

afterEach(() => vi.unstubAllGlobals());

const facet = (...values: string[]) => ({
  values: values.map((value) => ({ value, count: 7 })),
  counted_to: 1000,
  complete: true,
});

function field(filters: JobFilters = {}) {
  const asked = serve({
    'GET /api/v1/jobs/facets': () => ({
      state: facet('failed'),
      priority: facet('high'),
      task: facet('data_export', 'report'),
      source: facet('github'),
      tag: facet('nightly', 'night shift'),
    }),
  });
  const change = vi.fn();
  const removeLast = vi.fn();
  const view = (now: JobFilters) => (
    <FilterField filters={now} taskNames={['never_ran']} onChange={change} removeLast={removeLast} />
  );
  const { again } = renderView(view(filters));
  const rerender = (now: JobFilters) => again(view(now));
  return {
    asked,
    change,
    removeLast,
    rerender,
    input: screen.getByRole('combobox', { name: 'Filter jobs' }),
  };
}

it('proposes values with counts, and takes the chosen one by keyboard', async () => {
  const { change, input } = field();
  await userEvent.type(input, 'tag:nig');

  expect(await screen.findByRole('option', { name: /nightly 7/ })).toBeVisible();

  await userEvent.keyboard('{ArrowDown}{ArrowDown}');

  expect(screen.getByRole('option', { selected: true })).toHaveTextContent('night shift');
  expect(input).toHaveAttribute('aria-activedescendant', screen.getByRole('option', { selected: true }).id);

  await userEvent.keyboard('{Enter}');

  expect(change).toHaveBeenLastCalledWith({ tag: 'night shift', q: '' });
  expect(input).toHaveValue('');
});

it('writes a qualifier that was chosen, and then proposes its values', async () => {
  const { input } = field();
  await userEvent.click(input);
  await userEvent.click(await screen.findByRole('option', { name: /^source:/ }));

  expect(input).toHaveValue('source:');
  expect(await screen.findByRole('option', { name: /github/ })).toBeVisible();
});

it('searches plain words after a moment, and never half a qualifier', async () => {
  const { change, input } = field();
  await userEvent.type(input, 'timeout tag:ni');

  await vi.waitFor(() => expect(change).toHaveBeenCalledWith({ q: 'timeout' }));
  expect(change).not.toHaveBeenCalledWith(expect.objectContaining({ q: expect.stringContaining('tag') }));
});

it('takes every qualifier of a text at Enter', async () => {
  const { change, input } = field({ state: ['failed'] });
  await userEvent.type(input, 'key:customer-7 priority:high refused{Enter}');

  expect(change).toHaveBeenLastCalledWith({
    state: ['failed'],
    key: 'customer-7',
    priority: ['high'],
    q: 'refused',
  });
});

it('gives up the last condition at Backspace where nothing is written', async () => {
  const { removeLast, input } = field({ tag: 'nightly' });
  await userEvent.type(input, 'x{Backspace}');

  expect(removeLast).not.toHaveBeenCalled();

  await userEvent.keyboard('{Backspace}');

  expect(removeLast).toHaveBeenCalledOnce();
});

it('closes its proposals at Escape, and only then clears the text', async () => {
  const { input, change } = field();
  await userEvent.type(input, 'tag:');
  await screen.findByRole('option', { name: /nightly/ });
  await userEvent.keyboard('{Escape}');

  expect(screen.queryByRole('option')).toBeNull();
  expect(input).toHaveValue('tag:');

  await userEvent.keyboard('{Escape}');

  expect(input).toHaveValue('');
  expect(change).toHaveBeenLastCalledWith({ q: '' });
});

it('keeps what was chosen by a click while the words that were typed still rested', async () => {
  const { change, input, rerender } = field();
  await userEvent.type(input, 'abc');
  rerender({ state: ['failed'] });

  await vi.waitFor(() => expect(change).toHaveBeenLastCalledWith({ state: ['failed'], q: 'abc' }));
});
