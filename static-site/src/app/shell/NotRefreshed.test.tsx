import { useQuery } from '@tanstack/react-query';
import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { Problem } from '@/shared/api/problem';
import { renderView } from '@/shared/testing/render';
import { NotRefreshed } from './NotRefreshed';

function shown(answers: (() => Promise<string>)[]) {
  const ask = vi.fn(() => (answers.length > 1 ? answers.shift() : answers[0])?.());
  const Asking = () => <p>{useQuery({ queryKey: ['q'], queryFn: ask }).data}</p>;
  const { client } = renderView(
    <>
      <Asking />
      <NotRefreshed />
    </>,
  );
  return { again: () => act(() => client.refetchQueries({ queryKey: ['q'] })) };
}

const refusing = (status: number) => () =>
  Promise.reject(new Problem(status, 'x', 'Away', 'PostgreSQL does not answer.'));
const answering = (text: string) => () => Promise.resolve(text);
const old = () => screen.getByRole('status', { name: 'What is old' });

it('says that what is shown is old, and of when, until it could be read again', async () => {
  const { again } = shown([answering('first'), refusing(503), answering('second')]);
  await screen.findByText('first');
  expect(old()).toBeEmptyDOMElement();
  await again();

  await screen.findByText(/could not be refreshed/);
  expect(old()).toHaveTextContent(/PostgreSQL does not answer. It shows what was read at \d+:\d+/);
  expect(screen.getByText('first')).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await screen.findByText('second')).toBeVisible();
  await vi.waitFor(() => expect(old()).toBeEmptyDOMElement());
});

it.each([
  ['has an answer that refuses', [answering('first'), refusing(404)]],
  ['never had anything to show', [refusing(503)]],
])('is silent about a question that %s', async (_, answers) => {
  const { again } = shown(answers);
  await again();
  await again();

  expect(old()).toBeEmptyDOMElement();
});
