/** Turns a stream of events into few batches: the last word on each job, and never one older than what was heard. */
import type { JobSummary, Queue, ScheduleSummary, Worker } from '@/shared/api/types';
import type { FeedBatch, FeedEvent, HeardBulkAct, LogGrowth } from './events';

const GATHER_MILLISECONDS = 80;
const REMEMBERED_VERSIONS = 20_000;

export class Gatherer {
  private readonly versions = new Map<string, number>();
  private readonly jobs = new Map<string, JobSummary>();
  private readonly logs = new Map<string, LogGrowth>();
  private readonly workers = new Map<string, Worker>();
  private readonly schedules = new Map<string, ScheduleSummary>();
  private readonly bulkActs = new Map<string, HeardBulkAct>();
  private readonly deletedJobs = new Set<string>();
  private readonly deletedSchedules = new Set<string>();
  private queues: Queue[] | null = null;
  private jobsChanged = false;
  private errorsChanged = false;
  private resync = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly deliver: (batch: FeedBatch) => void) {}

  take(events: FeedEvent[]): void {
    for (const event of events) this.takeOne(event);
    if (events.length > 0) this.deliverSoon();
  }

  takeResync(): void {
    this.resync = true;
    this.deliverSoon();
  }

  private takeOne(event: FeedEvent): void {
    switch (event.kind) {
      case 'job':
        if (this.isNews(event.job)) this.jobs.set(event.job.id, event.job);
        break;
      case 'jobs_changed':
        this.jobsChanged = true;
        break;
      case 'log':
        this.logs.set(event.job_id, event);
        break;
      case 'queues':
        this.queues = event.queues;
        break;
      case 'worker':
        this.workers.set(event.worker.id, event.worker);
        break;
      case 'job_deleted':
        this.jobs.delete(event.id);
        this.deletedJobs.add(event.id);
        break;
      case 'schedule':
        this.schedules.set(event.schedule.id, event.schedule);
        break;
      case 'schedule_deleted':
        this.schedules.delete(event.id);
        this.deletedSchedules.add(event.id);
        break;
      case 'error_group':
        this.errorsChanged = true;
        break;
      case 'bulk':
        this.bulkActs.set(event.bulk.id, event.bulk);
        break;
    }
  }

  private isNews({ id, version }: JobSummary): boolean {
    if (version < (this.versions.get(id) ?? -1)) return false;
    // Deleted first, so that the map stays in the order of use and the longest unheard falls out.
    this.versions.delete(id);
    this.versions.set(id, version);
    if (this.versions.size > REMEMBERED_VERSIONS) {
      for (const oldest of this.versions.keys()) {
        this.versions.delete(oldest);
        break;
      }
    }
    return true;
  }

  private deliverSoon(): void {
    this.timer ??= setTimeout(() => this.deliverNow(), GATHER_MILLISECONDS);
  }

  private deliverNow(): void {
    this.timer = undefined;
    const batch: FeedBatch = {
      resync: this.resync,
      jobsChanged: this.jobsChanged,
      errorsChanged: this.errorsChanged,
      jobs: [...this.jobs.values()],
      logs: [...this.logs.values()],
      queues: this.queues,
      workers: [...this.workers.values()],
      schedules: [...this.schedules.values()],
      bulkActs: [...this.bulkActs.values()],
      deletedJobs: [...this.deletedJobs],
      deletedSchedules: [...this.deletedSchedules],
    };
    this.jobs.clear();
    this.logs.clear();
    this.workers.clear();
    this.schedules.clear();
    this.bulkActs.clear();
    this.deletedJobs.clear();
    this.deletedSchedules.clear();
    this.queues = null;
    this.jobsChanged = false;
    this.errorsChanged = false;
    this.resync = false;
    this.deliver(batch);
  }
}
