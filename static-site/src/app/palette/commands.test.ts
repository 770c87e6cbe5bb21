import { expect, it, vi } from 'vitest';
import { aQueue, aTask } from '@/shared/testing/factories';
import { PLACES } from '../shell/places';
import { allCommands, jobCommand, searchCommand, type Doers } from './commands';

const doers = (): Doers => ({
  go: vi.fn(),
  openJob: vi.fn(),
  jobsOf: vi.fn(),
  searchJobs: vi.fn(),
  submitTask: vi.fn(),
  pause: vi.fn(),
  runDemo: vi.fn(),
  switchTo: vi.fn(),
  theme: vi.fn(),
  help: vi.fn(),
  signOut: vi.fn(),
});

const ID = '01940000-0000-7000-8000-0000000000ab';

it.each([ID, ID.toUpperCase(), `  ${ID} `, `https://site.example/jobs/${ID}`])(
  'opens a job by %s',
  (typed) => {
    const does = doers();
    const commands = jobCommand(typed, does);
    commands[0]?.run();

    expect(commands).toHaveLength(1);
    expect(does.openJob).toHaveBeenCalledWith(ID);
    expect(searchCommand(typed, does)).toEqual([]);
  },
);

it('searches among all jobs for anything else, and offers nothing of its own for nothing', () => {
  const does = doers();
  searchCommand('billing', does)[0]?.run();

  expect(does.searchJobs).toHaveBeenCalledWith('billing');
  expect([...jobCommand('billing', does), ...searchCommand('  ', does)]).toEqual([]);
});

it('offers to resume what is paused and to pause what is not', () => {
  const does = doers();
  const queues = [aQueue({ paused: true }), aQueue({ name: 'low' })];
  const commands = allCommands({ tasks: [], queues, environments: [] }, does);
  const labels = commands.filter(({ group }) => group === 'Queues').map(({ label }) => label);

  expect(labels).toEqual(['Resume high', 'Pause low']);
});

it('goes to every place of the navigation, and names no two commands alike', () => {
  const commands = allCommands({ tasks: [aTask()], queues: [aQueue()], environments: ['b'] }, doers());
  const labels = commands.map(({ label }) => label);

  for (const { label } of PLACES) expect(labels).toContain(label);
  expect(new Set(labels).size).toBe(labels.length);
});
