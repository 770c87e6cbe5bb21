/** What the feed said lately. An answer that was on its way meanwhile may be older than the news, and must not undo it. */
import type { QueryClient } from '@tanstack/react-query';
import type { JobSummary } from '@/shared/api/types';

const REMEMBERED = 1_000;

interface Memory {
  heard: number;
  jobs: Map<string, { job: JobSummary; number: number }>;
}

const memories = new WeakMap<QueryClient, Memory>();

function memoryOf(client: QueryClient): Memory {
  let memory = memories.get(client);
  if (!memory) {
    memory = { heard: 0, jobs: new Map() };
    memories.set(client, memory);
  }
  return memory;
}

export function remember(client: QueryClient, jobs: JobSummary[]): void {
  const memory = memoryOf(client);
  for (const job of jobs) {
    memory.heard += 1;
    // Deleted first, so that the map stays in the order of hearing and the longest unheard falls out.
    memory.jobs.delete(job.id);
    memory.jobs.set(job.id, { job, number: memory.heard });
  }
  for (const id of memory.jobs.keys()) {
    if (memory.jobs.size <= REMEMBERED) break;
    memory.jobs.delete(id);
  }
}

/** Where the news stands now: ask before a question goes out, for `newsSince` its answer. */
export const heardSoFar = (client: QueryClient): number => memoryOf(client).heard;

export const newsSince = (client: QueryClient, heard: number): JobSummary[] =>
  [...memoryOf(client).jobs.values()].filter(({ number }) => number > heard).map(({ job }) => job);

export const lastWordOn = (client: QueryClient, id: string): JobSummary | undefined =>
  memoryOf(client).jobs.get(id)?.job;
