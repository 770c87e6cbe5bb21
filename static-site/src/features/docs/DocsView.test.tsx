import { readFileSync } from 'node:fs';
import { useQuery } from '@tanstack/react-query';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { renderView } from '@/shared/testing/render';
import { serve } from '@/shared/testing/server';
import { documentQuery } from './api';
import { DocsView } from './DocsView';
import { documentFrom, type ApiDocument } from './openapi';

afterEach(() => vi.unstubAllGlobals());

const OURS = documentFrom(JSON.parse(readFileSync('openapi.json', 'utf8')));

const shown = (target = '', described: ApiDocument = OURS) =>
  renderView(<DocsView described={described} target={target} />);

const card = (id: string): HTMLElement => screen.getByRole('article', { name: id });
const filter = (): HTMLElement => screen.getByLabelText('Filter operations');

const linesOf = (list: HTMLElement): string[] =>
  within(list)
    .getAllByRole('listitem')
    .map((line) => line.textContent ?? '');

it('shows every operation of the document in its group, told in one line', () => {
  shown();
  const amount = Object.values(OURS.paths).flatMap((methods) => Object.keys(methods)).length;

  expect(screen.getAllByRole('article')).toHaveLength(amount);
  expect(screen.getByRole('status')).toHaveTextContent(`${amount} operations`);
  const queues = screen.getByRole('region', { name: 'Queues' });
  expect(within(queues).getByRole('article', { name: 'pause_queue' })).toHaveTextContent(
    /POST\/api\/v1\/queues\/\{name\}\/pauseLet no job/,
  );
});

it('finds operations by all the words that are typed, and says how many', async () => {
  shown();
  await userEvent.type(filter(), 'GET schedule timezone');

  expect(screen.getAllByRole('article')).toEqual([card('preview_schedule')]);
  expect(screen.getByRole('status')).toHaveTextContent('1 of');
  expect(screen.getByRole('navigation', { name: 'Operations' })).not.toHaveTextContent('list_jobs');
});

it('says that nothing has all the words, and shows all again when the filter is cleared', async () => {
  shown();
  await userEvent.type(filter(), 'nothing-is-called-so');
  expect(screen.queryByRole('article')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Clear the filter' }));

  expect(screen.getAllByRole('article').length).toBeGreaterThan(1);
});

it('tells parameters, body, answers and problems of the operation that the address names, and of no other', () => {
  shown('submit');
  const submit = card('submit');

  expect(screen.getAllByRole('button', { expanded: true })).toHaveLength(1);
  expect(within(submit).getByRole('list', { name: 'Headers' })).toHaveTextContent(
    /Idempotency-Keystring, 1 to 255 characters/,
  );
  const body = linesOf(within(submit).getByRole('list', { name: 'Body' }));
  expect(body).toContainEqual(expect.stringMatching(/^taskrequiredstring, 1 to 200 characters/));
  expect(body).toContainEqual(expect.stringMatching(/^prioritystring, by default mediumhighmediumlow/));
  expect(within(submit).getByRole('list', { name: 'Answers' })).toHaveTextContent(/^200.*201.*Job/);
  expect(within(submit).getByRole('list', { name: 'Problems' })).toHaveTextContent(/401.*409.*422.*other/);
  expect(within(submit).getByRole('group', { name: 'curl of submit' })).toHaveTextContent('Bearer $KEY');
});

it('unfolds an object within an answer when it is asked for', async () => {
  shown('list_jobs');
  const jobs = card('list_jobs');
  await userEvent.click(within(jobs).getByRole('button', { name: /^JobPage/ }));
  const items = within(jobs).getByRole('list', { name: 'Fields of JobPage' });
  expect(items).toHaveTextContent('list of object');
  expect(items).not.toHaveTextContent('max_retries');
  // Everything an answer has is there: only what may be absent would be marked.
  expect(items).not.toHaveTextContent('required');
  await userEvent.click(within(items).getByRole('button', { name: /^JobSummary/ }));

  expect(within(items).getByRole('list', { name: 'Fields of JobSummary' })).toHaveTextContent('created_at');
});

it('opens and closes an operation by its line', async () => {
  shown();
  const line = within(card('list_queues')).getByRole('button');
  await userEvent.click(line);
  expect(within(card('list_queues')).getByRole('list', { name: 'Answers' })).toBeVisible();
  await userEvent.click(line);

  expect(within(card('list_queues')).queryByRole('list', { name: 'Answers' })).toBeNull();
});

function Addressed() {
  const [target, setTarget] = useState('list_jobs');
  return (
    <>
      <button onClick={() => setTarget('list_workers')}>Another address</button>
      <DocsView described={OURS} target={target} />
    </>
  );
}

it('shows and reaches the operation of a new address whatever is in the filter', async () => {
  renderView(<Addressed />);
  await userEvent.type(filter(), 'pause_queue');
  expect(screen.queryByRole('article', { name: 'list_workers' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Another address' }));

  const line = within(card('list_workers')).getByRole('button', { name: /workers/, expanded: true });
  expect(line).toHaveFocus();
  expect(filter()).toHaveValue('');
});

it('says so when the document describes nothing', () => {
  shown('', { openapi: '3.1.0', info: {}, paths: {} });

  expect(screen.getByText('The API describes no operation')).toBeVisible();
});

function Asking() {
  const { data, error } = useQuery(documentQuery());
  return data ? <DocsView described={data} target="" /> : <p>{error?.message ?? 'asking'}</p>;
}

it('shows what the server describes, asked for with the key, and not what the site was built with', async () => {
  const paths = { '/api/v9/moons': { get: { operationId: 'list_moons', summary: 'Moons.', tags: ['Sky'] } } };
  const asked = serve({ 'GET /openapi.json': () => ({ openapi: '3.1.0', info: {}, paths }) });
  renderView(<Asking />);

  expect(await screen.findByRole('article', { name: 'list_moons' })).toHaveTextContent('/api/v9/moons');
  expect(screen.getAllByRole('article')).toHaveLength(1);
  expect(asked[0]?.authorization).toBe('Bearer tj_test');
});

it('takes no other JSON for a description', async () => {
  serve({ 'GET /openapi.json': () => ({ items: [] }) });
  renderView(<Asking />);

  expect(await screen.findByText('What was answered is no OpenAPI document')).toBeVisible();
});
