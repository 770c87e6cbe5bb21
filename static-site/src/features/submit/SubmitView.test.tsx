import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { aJob, aTask } from '@/shared/testing/factories';
import { renderView } from '@/shared/testing/render';
import { refusal, serve } from '@/shared/testing/server';
import { SubmitView } from './SubmitView';

afterEach(() => vi.unstubAllGlobals());

function shown(answer: () => unknown) {
  const asked = serve({ 'POST /api/v1/jobs': answer });
  const onSubmitted = vi.fn();
  renderView(
    <SubmitView
      tasks={[aTask(), aTask({ name: 'demo.sleep' })]}
      chosen="data_export"
      onChoose={vi.fn()}
      onSubmitted={onSubmitted}
    />,
  );
  return { asked, onSubmitted };
}

it('shows what the server found wrong beside the field it is about, and goes there', async () => {
  shown(() =>
    refusal(422, {
      detail: 'The params do not fit the task.',
      errors: [
        { pointer: '/params/rows', message: 'must be at least 1' },
        { pointer: '/tags/0', message: 'must be shorter' },
      ],
    }),
  );
  await userEvent.type(screen.getByLabelText('Rows'), '-5');
  await userEvent.click(screen.getByRole('button', { name: 'Submit job' }));

  expect(await screen.findByText('must be at least 1')).toBeVisible();
  expect(screen.getByLabelText('Rows')).toHaveAccessibleDescription(/must be at least 1/);
  expect(screen.getByLabelText('Rows')).toHaveFocus();
  expect(screen.getByLabelText('Tags')).toHaveAccessibleDescription(/must be shorter/);
  expect(screen.getByText(/The params do not fit the task/)).toBeVisible();
});

it('sends the defaults of the schema, what was typed, and nothing that was left empty', async () => {
  const { asked, onSubmitted } = shown(() => aJob('queued'));
  await userEvent.type(screen.getByLabelText('Rows'), '12');
  await userEvent.click(screen.getByRole('radio', { name: 'High' }));
  await userEvent.type(screen.getByLabelText('Tags'), 'nightly, eu');
  await userEvent.click(screen.getByRole('button', { name: 'Submit job' }));
  await vi.waitFor(() => expect(onSubmitted).toHaveBeenCalledOnce());

  expect(asked[0]?.body).toEqual({
    task: 'data_export',
    params: { rows: 12, what: 'orders' },
    priority: 'high',
    tags: ['nightly', 'eu'],
  });
});

it('says when, after a delay or at a time by the clock of the reader', async () => {
  const { asked } = shown(() => aJob('queued'));
  await userEvent.type(screen.getByLabelText('Rows'), '12');
  await userEvent.click(screen.getByRole('radio', { name: 'After a delay' }));
  await userEvent.type(screen.getByLabelText('Delay'), '90');
  await userEvent.click(screen.getByRole('button', { name: 'Submit job' }));
  await userEvent.click(screen.getByRole('radio', { name: 'At a time' }));
  fireEvent.change(screen.getByLabelText('Run at'), { target: { value: '2026-03-01T09:30' } });
  await userEvent.click(screen.getByRole('button', { name: 'Submit job' }));

  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(asked[0]?.body).toMatchObject({ delay_seconds: 90 });
  expect(asked[1]?.body).toMatchObject({ run_at: new Date(2026, 2, 1, 9, 30).toISOString() });
  expect(asked[1]?.body).not.toHaveProperty('delay_seconds');
});

it.each([
  ['After a delay', 'Delay', 'say how many seconds'],
  ['At a time', 'Run at', 'say a day and a time'],
])(
  'sends nothing that is to run %s while the field %s is empty, and goes there',
  async (when, field, fault) => {
    const { asked } = shown(() => aJob('queued'));
    await userEvent.type(screen.getByLabelText('Rows'), '12');
    await userEvent.click(screen.getByRole('radio', { name: when }));
    await userEvent.click(screen.getByRole('button', { name: 'Submit job' }));

    expect(screen.getByLabelText(field)).toHaveAccessibleDescription(new RegExp(fault));
    expect(screen.getByLabelText(field)).toHaveFocus();
    expect(screen.getByText('Nothing was submitted yet')).toBeVisible();

    await userEvent.click(screen.getByRole('radio', { name: 'Now' }));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(asked).toEqual([]);

    await userEvent.click(screen.getByRole('button', { name: 'Submit job' }));
    await vi.waitFor(() => expect(asked).toHaveLength(1));
  },
);

it('shows the same submission as curl', async () => {
  shown(() => aJob('queued'));
  await userEvent.type(screen.getByLabelText('Rows'), '12');

  expect(screen.getByRole('tabpanel')).toHaveTextContent('"rows": 12');
});
