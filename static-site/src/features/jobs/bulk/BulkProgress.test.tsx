import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import type { BulkAct } from '@/shared/api/types';
import { aBulkAct } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { BulkProgress } from './BulkProgress';

afterEach(() => vi.unstubAllGlobals());

function shown(act: BulkAct, abort: () => unknown = () => undefined) {
  serve({ [`GET /api/v1/bulk/${act.id}`]: () => act, [`POST /api/v1/bulk/${act.id}/abort`]: abort });
  const close = vi.fn();
  renderView(<BulkProgress id={act.id} close={close} />);
  return { close };
}

it('tells how far a running act is', async () => {
  shown(aBulkAct({ done: 40, matched: 100 }));

  expect(await screen.findByText('Retrying 100 jobs')).toBeVisible();
  expect(screen.getByText('40 of 100')).toBeVisible();
  expect(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '40');
});

it('can be aborted, and then tells what was done', async () => {
  const act = aBulkAct({ done: 40, matched: 100 });
  shown(act, () => ({ ...act, state: 'aborted' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Abort' }));

  expect(await screen.findByText('Aborted: 40 jobs queued again')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Abort' })).toBeNull();
});

it('shows why it could not be aborted', async () => {
  shown(aBulkAct(), () => refusal(409, { detail: 'it is finished: there is nothing to abort' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Abort' }));

  expect(await screen.findByText('it is finished: there is nothing to abort')).toBeVisible();
});

it('does not hide those that were left out', async () => {
  const { close } = shown(aBulkAct({ state: 'finished', done: 97, refused: 3 }));

  expect(await screen.findByText('97 jobs queued again')).toBeVisible();
  expect(screen.getByText(/^3 had moved on/)).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'Close' }));

  expect(close).toHaveBeenCalledOnce();
});

it('says why a finished act left some out', async () => {
  shown(aBulkAct({ state: 'finished', done: 98, refused: 2, error: 'files of a job cannot be removed: no' }));

  expect(await screen.findByText(/^2 left out\. Files of a job cannot be removed: no/)).toBeVisible();
});

it('does not claim to know how far it is where not all were counted', async () => {
  shown(aBulkAct({ done: 140, matched: 100, complete: false }));

  expect(await screen.findByText('Retrying 100+ jobs')).toBeVisible();
  expect(screen.getByText('140 of 100+')).toBeVisible();
  expect(screen.getByRole('progressbar')).not.toHaveAttribute('aria-valuenow');
});
