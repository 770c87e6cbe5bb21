import { expect, it } from 'vitest';
import type { Lanes } from '@/shared/api/types';
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
    tid: 1001,
    args: { name: 'worker-1' },
  });
  expect(named('thread_name').map(({ tid, args }) => [tid, args])).toEqual([
    [1001, { name: 'slot 0' }],
    [1002, { name: 'slot 1' }],
  ]);
  expect(trace.traceEvents.filter(({ ph }) => ph === 'X')).toEqual([
    {
      ph: 'X',
      name: 'data_export',
      cat: 'high',
      ts: (BEGIN + 1_000) * 1000,
      dur: 1_500_000,
      pid: 1,
      tid: 1001,
      args: { job_id: high.job_id, priority: 'high', attempt: 1, outcome: 'succeeded', waited_ms: 500 },
    },
    expect.objectContaining({
      tid: 1002,
      dur: 10_000_000,
      args: expect.objectContaining({ outcome: 'running' }),
    }),
  ]);
});

it('has no negative duration, which a viewer would refuse', () => {
  const trace = traceOf(timelineFrom(theLanes([[aRun(50, null)]])), view, BEGIN + 49_000);

  expect(trace.traceEvents.at(-1)).toMatchObject({ dur: 0 });
});

/** Two workers, each with the slots 0 and 1. */
const fleet = (): Lanes => {
  const { lanes: one } = theLanes([
    [aRun(1, 2), aRun(2, 3, { finished_at: '2026-01-01T00:00:03.000250Z' })],
    [aRun(1, null, { due_at: null })],
  ]);
  const { lanes: other } = theLanes([[aRun(5, 6, { outcome: 'failed' })], []]);
  const of = (worker_id: string, lanes: Lanes['lanes']) =>
    lanes.map((lane) => ({ ...lane, worker_id, worker: `worker-${worker_id}` }));
  return theLanes([], { lanes: [...of('a', one), ...of('b', other)] });
};

const MOMENT = BEGIN + 50_000;

it('has in every event what the Trace Event Format demands of its kind, in microseconds', () => {
  const { displayTimeUnit, traceEvents } = traceOf(timelineFrom(fleet()), view, MOMENT);

  expect(['ms', 'ns']).toContain(displayTimeUnit);
  for (const event of traceEvents) {
    expect(Number.isInteger(event.pid) && event.pid > 0, `pid of ${event.name}`).toBe(true);
    expect(Number.isInteger(event.tid) && event.tid > 0, `tid of ${event.name}`).toBe(true);
    if (event.ph === 'M') {
      const [value] = Object.values(event.args);
      expect(Object.keys(event.args)).toEqual([event.name.endsWith('_name') ? 'name' : 'sort_index']);
      expect(typeof value).toBe(event.name.endsWith('_name') ? 'string' : 'number');
    } else {
      expect([event.ph, typeof event.name, typeof event.cat]).toEqual(['X', 'string', 'string']);
      expect(Number.isSafeInteger(event.ts) && event.ts >= BEGIN * 1000).toBe(true);
      expect(Number.isSafeInteger(event.dur) && event.dur >= 0).toBe(true);
      expect(Object.values(event.args)).not.toContain(null);
    }
  }
});

it('numbers threads over all processes, so that a viewer takes no slot for one of another worker', () => {
  const { traceEvents } = traceOf(timelineFrom(fleet()), view, MOMENT);
  const named = traceEvents.filter(({ name }) => name === 'thread_name');
  const tids = named.map(({ tid }) => tid);

  expect(tids).toHaveLength(4);
  expect(new Set([...tids, ...traceEvents.map(({ pid }) => pid)]).size).toBe(4 + 2);
  for (const run of traceEvents.filter(({ ph }) => ph === 'X'))
    expect(named.map(({ pid, tid }) => [pid, tid])).toContainEqual([run.pid, run.tid]);
});

it('has no two runs of one thread upon each other, which a viewer would nest', () => {
  const { traceEvents } = traceOf(timelineFrom(fleet()), view, MOMENT);
  const [first, second] = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === 1001);

  expect(first).toMatchObject({ ts: (BEGIN + 1_000) * 1000, dur: 1_000_000 });
  expect(second).toMatchObject({ ts: (BEGIN + 2_000) * 1000, dur: 1_000_250 });
});

it('is named for when it begins', () => {
  expect(traceName(view)).toBe('lanes-2026-01-01T000000.trace.json');
});
