import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { aHistogram } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import type { JobFilters } from '../filters';
import { spanFor } from './api';
import { Histogram } from './Histogram';

afterEach(() => vi.unstubAllGlobals());

const minutes = aHistogram([{ failed: 2, succeeded: 8 }, {}, { succeeded: 4 }, {}]);

function shown(filters: JobFilters = {}, answer: () => unknown = () => minutes) {
  const asked = serve({ 'GET /api/v1/jobs/histogram': answer });
  const change = vi.fn();
  const span = vi.fn();
  const shownView = renderView(
    <Histogram
      filters={filters}
      span="24h"
      by="state"
      onSpan={span}
      onBy={() => undefined}
      onChange={change}
    />,
  );
  return { ...shownView, asked, change, span };
}

it('asks under all filters but the time, which it is there to choose', async () => {
  const { asked } = shown({ tag: 'nightly', created_after: new Date().toISOString() });
  await screen.findByRole('table');
  const query = asked[0]?.url.searchParams;

  expect([query?.get('tag'), query?.get('by'), query?.has('created_after')]).toEqual([
    'nightly',
    'state',
    false,
  ]);
});

it('tells its numbers to those who cannot see the bars', async () => {
  shown();
  const table = await screen.findByRole('table', { name: /2 of 4 steps have any/ });
  const [head, first] = within(table).getAllByRole('row');

  expect(head).toHaveTextContent('FromSucceededFailed');
  expect(first).toHaveTextContent(/82$/);
});

it('chooses a range by keys, one edge at a time', async () => {
  const { change } = shown();
  const from = await screen.findByRole('slider', { name: 'Created from' });
  from.focus();
  await userEvent.keyboard('{ArrowRight}');

  expect(change).toHaveBeenLastCalledWith({
    created_after: '2026-01-01T00:01:00.000Z',
    created_before: undefined,
  });

  screen.getByRole('slider', { name: 'Created up to' }).focus();
  await userEvent.keyboard('{ArrowLeft}');

  expect(change).toHaveBeenLastCalledWith({
    created_after: '2026-01-01T00:00:00.000Z',
    created_before: '2026-01-01T00:03:00.000Z',
  });

  await userEvent.keyboard('{Escape}');

  expect(change).toHaveBeenLastCalledWith({ created_after: undefined, created_before: undefined });
});

it('chooses a range by the pointer, in either direction', async () => {
  const { change } = shown();
  const handle = await screen.findByRole('slider', { name: 'Created from' });
  const plot = handle.parentElement?.firstElementChild;
  if (!(plot instanceof HTMLElement)) throw new Error('there is no plot');
  plot.getBoundingClientRect = () => new DOMRect(0, 0, 400, 56);
  plot.setPointerCapture = () => undefined;
  fireEvent.pointerDown(plot, { button: 0, clientX: 250, pointerId: 1 });
  fireEvent.pointerMove(plot, { clientX: 110, pointerId: 1 });
  fireEvent.pointerUp(plot, { clientX: 110, pointerId: 1 });

  expect(change).toHaveBeenLastCalledWith({
    created_after: '2026-01-01T00:01:00.000Z',
    created_before: '2026-01-01T00:03:00.000Z',
  });
});

it('says when its numbers are estimated or not complete', async () => {
  shown({}, () => ({ ...minutes, estimated: true, complete_from: '2026-01-01T00:02:00Z' }));

  expect(await screen.findByText('estimated')).toBeVisible();
  expect(screen.getByText(/^complete from/)).toBeVisible();
});

it('says why it could not be drawn', async () => {
  shown({}, () => refusal(503, { detail: 'PostgreSQL does not answer.' }));

  expect(await screen.findByText('PostgreSQL does not answer.')).toBeVisible();
});

it('reaches back to where the filters begin', () => {
  const now = Date.parse('2026-02-01T00:00:00Z');
  const since = (created_after: string) => spanFor('24h', { created_after }, now);

  expect(since('2026-01-31T12:00:00Z')).toBe('24h');
  expect(since('2026-01-29T00:00:00Z')).toBe('7d');
  expect(since('2020-01-01T00:00:00Z')).toBe('1y');
  expect(spanFor('24h', {}, now)).toBe('24h');
});
