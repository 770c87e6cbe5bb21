import type { JobSummary } from '@/shared/api/types';

/** Since when a job waits for a slot, or null when it does not. An older release says only when it was due. */
export const waitsSince = ({ state, waits_since, run_at }: JobSummary): string | null =>
  state === 'queued' ? (waits_since ?? run_at) : null;
