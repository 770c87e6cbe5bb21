import { expect, it } from 'vitest';
import { aRun, theLanes } from '@/shared/testing/factories';
import { timelineFrom } from './timeline';
import { traceName, traceOf } from './trace';

const BEGIN = Date.UTC(2026, 0);
const view = { start: BEGIN, end: BEGIN + 60_000 };

it('is a process for each worker, a thread for each slot and a complete event for each run that is seen', () => {
  const high = aRun(1, 2.5, { priority: 'high', due_at: '2026-01-01T00:00:00.5Z' });
  const open = aRun(40, null);
  const trace = traceOf(timelineFrom(theLanes([[high, aRun(70, 80)], [open]])), view, BEGIN + 50_000);

  const named = (name: string) => trace.traceEvents.filter((event) => event.name === name);
  expect(named('process_name')).toContainEqual({
    ph: 'M',
    name: 'process_name',
    pid: 1,
    tid: 1,
    args: { name: 'worker-1' },
  });
  expect(named('thread_name').map(({ tid, args }) => [tid, args])).toEqual([
    [1, { name: 'slot 0' }],
    [2, { name: 'slot 1' }],
  ]);
  expect(trace.traceEvents.filter(({ ph }) => ph === 'X')).toEqual([
    {
      ph: 'X',
      name: 'data_export',
      cat: 'high',
      ts: (BEGIN + 1_000) * 1000,
      dur: 1_500_000,
      pid: 1,
      tid: 1,
      args: { job_id: high.job_id, priority: 'high', attempt: 1, outcome: 'succeeded', waited_ms: 500 },
    },
    expect.objectContaining({
      tid: 2,
      dur: 10_000_000,
      args: expect.objectContaining({ outcome: 'running' }),
    }),
  ]);
});

it('has no negative duration, which a viewer would refuse', () => {
  const trace = traceOf(timelineFrom(theLanes([[aRun(50, null)]])), view, BEGIN + 49_000);

  expect(trace.traceEvents.at(-1)).toMatchObject({ dur: 0 });
});

it('is named for when it begins', () => {
  expect(traceName(view)).toBe('lanes-2026-01-01T000000.trace.json');
});
