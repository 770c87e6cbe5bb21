import type { Submission } from '@/shared/api/types';

export const DEMO_TAG = 'priority-demo';
const LOW_JOBS = 10;
const SLEEP_SECONDS = 2;

/** Ten low jobs, and behind them one high one, which must not wait for them. */
export const demoJobs = (): Submission[] => {
  const one = (priority: Submission['priority']): Submission => ({
    task: 'demo.sleep',
    params: { seconds: SLEEP_SECONDS },
    priority,
    tags: [DEMO_TAG],
  });
  return [...Array.from({ length: LOW_JOBS }, () => one('low')), one('high')];
};
