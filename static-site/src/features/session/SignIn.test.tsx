import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { api, read } from '@/shared/api/client';
import { credentials } from '@/shared/api/credentials';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { keyInFragment } from './api';
import { SignIn } from './SignIn';

afterEach(() => {
  vi.unstubAllGlobals();
  credentials.signOut();
});

it('finds the key in the fragment of a sign-in link', () => {
  expect(keyInFragment('#key=tj_abc')).toBe('tj_abc');
  expect(keyInFragment('')).toBeNull();
});

it('keeps a key only after the server took it', async () => {
  const asked = serve({
    'GET /api/v1/queues': ({ authorization }) =>
      authorization === 'Bearer tj_good' ? { items: [] } : refusal(401, { detail: 'Unknown key.' }),
  });
  const onSignedIn = vi.fn();
  renderView(<SignIn reason={null} onSignedIn={onSignedIn} />);
  await userEvent.type(screen.getByLabelText('API key'), 'tj_bad');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));

  expect(await screen.findByText('Unknown key.')).toBeVisible();
  expect(onSignedIn).not.toHaveBeenCalled();

  await userEvent.clear(screen.getByLabelText('API key'));
  await userEvent.type(screen.getByLabelText('API key'), 'tj_good');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledWith('tj_good'));

  expect(asked).toHaveLength(2);
});

it('says why one has to sign in again', () => {
  renderView(<SignIn reason="The key was revoked." onSignedIn={vi.fn()} />);

  expect(screen.getByRole('alert')).toHaveTextContent('The key was revoked.');
});

it('drops the key when any call is answered with 401, and remembers the reason', async () => {
  credentials.signIn('tj_old');
  serve({ 'GET /api/v1/tasks': () => refusal(401, { detail: 'The key was revoked.' }) });

  await expect(read(api().GET('/api/v1/tasks'))).rejects.toThrow('The key was revoked.');
  expect(credentials.read()).toEqual({ key: null, refusal: 'The key was revoked.' });
});

it('does not drop a new key for a late refusal of the old one', () => {
  credentials.signIn('tj_new');
  credentials.reject('tj_old', 'revoked');

  expect(credentials.read().key).toBe('tj_new');
});

it('tells nobody of a key that is the one at hand already', () => {
  credentials.signIn('tj_same');
  const told = vi.fn();
  const leave = credentials.subscribe(told);
  credentials.signIn('tj_same');
  leave();

  expect(told).not.toHaveBeenCalled();
});

it('asks nothing once it is signed out: the server could only refuse', async () => {
  const asked = serve({ 'GET /api/v1/queues': () => ({ items: [] }) });
  credentials.signOut();

  await expect(read(api().GET('/api/v1/queues'))).rejects.toThrow('Sign in to go on.');
  expect(asked).toHaveLength(0);
});
