import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import Palette from './Palette';

// What the window of a browser has, and that of the tests lacks.
beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(() => vi.unstubAllGlobals());

function later() {
  let resolve: (answer: unknown) => void = () => undefined;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}

function opened() {
  const tasks = later();
  const queues = later();
  serve({ 'GET /api/v1/tasks': () => tasks.promise, 'GET /api/v1/queues': () => queues.promise });
  renderView(<Palette close={() => undefined} openHelp={() => undefined} />);
  return { tasks, queues };
}

const chosen = () => screen.findByRole('option', { selected: true });

it('chooses what comes after the words rather than the search for them', async () => {
  const { tasks, queues } = opened();
  await userEvent.type(screen.getByRole('combobox'), 'jobs of test.noop');
  queues.resolve({ items: [] });
  tasks.resolve({ items: [{ name: 'test.noop' }] });

  await screen.findByRole('option', { name: 'Jobs of test.noop' });
  expect(await chosen()).toHaveTextContent('Jobs of test.noop');
});

it('searches for what nothing is called, once that is known', async () => {
  const { tasks, queues } = opened();
  await userEvent.type(screen.getByRole('combobox'), 'zzzz');
  queues.resolve({ items: [] });
  tasks.resolve({ items: [] });

  expect(await chosen()).toHaveTextContent('Search jobs for “zzzz”');
});
