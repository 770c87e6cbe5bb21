import type { WatchedWorker } from './api';
import { WorkerCard } from './WorkerCard';

const RANK: Record<WatchedWorker['state'], number> = { online: 0, lost: 1, stopped: 2 };

/** Every worker with what each of its slots runs, the living ones first. */
export function WorkersPage({ workers }: { workers: WatchedWorker[] }) {
  const ordered = [...workers].sort(
    (a, b) => RANK[a.state] - RANK[b.state] || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(min(420px,100%),1fr))] items-start gap-4">
      {ordered.map((worker) => (
        <WorkerCard key={worker.id} worker={worker} />
      ))}
    </div>
  );
}
