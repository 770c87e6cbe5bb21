import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command as Cmdk, defaultFilter } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { useSubmitBatch } from '@/features/jobs/api';
import { demoJobs } from '@/features/jobs/demo';
import { pauseQueue, queuesQuery } from '@/features/queues/api';
import { guardedPause } from '@/features/queues/guardedPause';
import { tasksQuery } from '@/features/submit/api';
import { credentials } from '@/shared/api/credentials';
import { allEnvironments, environment } from '@/shared/api/environment';
import { asProblem } from '@/shared/api/problem';
import { VEIL } from '@/shared/ui/DialogBox';
import { Icon } from '@/shared/ui/Icon';
import { Key } from '@/shared/ui/Tag';
import { toast } from '@/shared/ui/toasts';
import { goToEnvironment } from '../shell/environments';
import { chooseTheme } from '../theme';
import { allCommands, jobCommand, SEARCH, searchCommand, type Command, type Doers } from './commands';

interface PaletteProps {
  close: () => void;
  openHelp: () => void;
}

/** Pages, jobs and acts by a few letters. */
export default function Palette({ close, openHelp }: PaletteProps) {
  const [typed, setTyped] = useState('');
  const tasks = useQuery(tasksQuery());
  const queues = useQuery(queuesQuery());
  const doers = useDoers(openHelp);
  const known = {
    tasks: tasks.data ?? [],
    queues: queues.data ?? [],
    environments: allEnvironments().flatMap(({ name }) => (name === environment().name ? [] : [name])),
  };
  // What fits always would be chosen before there is anything better, and would stay so: it comes with the rest.
  const isKnown = !tasks.isPending && !queues.isPending;
  const found = [
    ...jobCommand(typed, doers),
    ...allCommands(known, doers),
    ...(isKnown ? searchCommand(typed, doers) : []),
  ];
  const groups = [...new Set(found.map(({ group }) => group))];
  const choose = (command: Command) => {
    // Closed first: a command may open something of its own, which must get the focus.
    close();
    command.run();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className={VEIL} />
        <Dialog.Content
          aria-describedby={undefined}
          className="popover appear fixed top-[12dvh] left-1/2 z-50 flex max-h-[72dvh] w-[min(560px,calc(100vw-24px))] -translate-x-1/2 flex-col overflow-hidden"
        >
          <Dialog.Title className="sr-only">Search or act</Dialog.Title>
          <Cmdk label="Search or act" loop filter={rank} className="flex min-h-0 flex-col">
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              <Icon name="search" className="text-faint" />
              <Cmdk.Input
                value={typed}
                onValueChange={setTyped}
                placeholder="Page, task, queue, or the id of a job"
                className="h-12 min-w-0 flex-1 bg-transparent text-sm outline-none"
              />
              <Key>Esc</Key>
            </div>
            <Cmdk.List label="Commands" className="min-h-0 flex-1 overflow-y-auto p-1.5 [scroll-padding:8px]">
              <Cmdk.Empty className="px-3 py-6 text-center text-xs text-faint">
                {isKnown ? 'Nothing is called so' : 'Loading'}
              </Cmdk.Empty>
              {groups.map((group) => (
                <Cmdk.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-faint"
                >
                  {found
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Cmdk.Item
                        // One and the same item for whatever is typed, or it would be ranked as one just come.
                        key={command.group === 'Search' ? SEARCH : command.label}
                        value={command.group === 'Search' ? SEARCH : command.label}
                        keywords={command.words}
                        onSelect={() => choose(command)}
                        className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-sm px-2.5 text-soft data-[selected=true]:bg-panel-3 data-[selected=true]:text-text"
                      >
                        <Icon name={command.icon} size={15} />
                        <span className="min-w-0 truncate">{command.label}</span>
                        {command.keys && (
                          <span className="ml-auto flex gap-1" aria-hidden="true">
                            {command.keys.map((key) => (
                              <Key key={key}>{key}</Key>
                            ))}
                          </span>
                        )}
                      </Cmdk.Item>
                    ))}
                </Cmdk.Group>
              ))}
            </Cmdk.List>
          </Cmdk>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const rank = (label: string, typed: string, words?: string[]): number =>
  label === SEARCH ? Number.MIN_VALUE : defaultFilter(label, typed, words);

function useDoers(help: () => void): Doers {
  const navigate = useNavigate();
  const client = useQueryClient();
  const submit = useSubmitBatch();
  return {
    go: (to) => void navigate({ to }),
    openJob: (jobId) => void navigate({ to: '/jobs/$jobId', params: { jobId } }),
    jobsOf: (task) => void navigate({ to: '/jobs', search: { task: [task] } }),
    searchJobs: (q) => void navigate({ to: '/jobs', search: { q } }),
    submitTask: (task) => void navigate({ to: '/submit', search: { task } }),
    pause: ({ name, paused }) =>
      paused
        ? void pauseQueue(client, name, false)
        : guardedPause(name, () => void pauseQueue(client, name, true)),
    // Awaited by a promise, not by the mutation's callbacks: the palette is gone when the answer comes.
    runDemo: () =>
      void submit.mutateAsync(demoJobs()).then(
        ({ batch_id }) => navigate({ to: '/', search: { demo: batch_id } }),
        (error: unknown) => toast.refused('The demo was not submitted', asProblem(error).message),
      ),
    switchTo: goToEnvironment,
    theme: chooseTheme,
    help,
    signOut: () => credentials.signOut(),
  };
}
