/** The wire values by the names the site uses for them. Generated shapes are named here and nowhere else. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type JobState = Schemas['JobState'];
export type Priority = Schemas['Priority'];
export type Outcome = Schemas['Outcome'];
export type Action = Schemas['Action'];
export type JobSummary = Schemas['JobSummary'];
export type Job = Schemas['Job'];
export type JobFacets = Schemas['JobFacets'];
export type FacetValue = Schemas['FacetValue'];
export type JobHistogram = Schemas['JobHistogram'];
export type SavedView = Schemas['SavedView'];
export type JobPage = Schemas['JobPage'];
export type JobError = Schemas['JobError'];
export type Progress = Schemas['Progress'];
export type Attempt = Schemas['Attempt'];
export type LogLine = Schemas['LogLine'];
export type Artifact = Schemas['Artifact'];
export type TaskInfo = Schemas['TaskInfo'];
export type Queue = Schemas['Queue'];
export type Worker = Schemas['Worker'];
export type Stats = Schemas['Stats'];
export type StatsPoint = Schemas['StatsPoint'];
export type Submission = Schemas['Submission'];
export type BatchAccepted = Schemas['BatchAccepted'];
export type Lanes = Schemas['Lanes'];
export type LaneRun = Schemas['LaneRun'];
export type Ticket = Schemas['Ticket'];
export type Waiting = Schemas['Waiting'];
export type ScheduleSummary = Schemas['ScheduleSummary'];
export type Schedule = Schemas['ScheduleItem'];
export type SchedulePage = Schemas['SchedulePage'];
export type WholeSchedule = Schemas['ScheduleInfo'];
export type SchedulePreview = Schemas['SchedulePreview'];
export type NewSchedule = Schemas['NewSchedule'];
export type ScheduleChange = Schemas['ScheduleChange'];
export type ErrorStatus = ErrorGroup['status'];
export type ErrorAction = ErrorGroup['allowed_actions'][number];
export type ErrorGroup = Schemas['ErrorGroup'];
export type WholeErrorGroup = Schemas['WholeErrorGroup'];
export type ErrorPage = Schemas['ErrorPage'];
export type ErrorExample = Schemas['ErrorExample'];
export type BulkMatched = Schemas['BulkMatched'];
export type BulkRequest = Schemas['BulkRequest'];
export type BulkAct = Schemas['BulkAct'];

/** JSON as it may stand in params and results. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** In the order of their life, which is the order they are shown in. */
export const JOB_STATES = [
  'scheduled',
  'queued',
  'running',
  'retrying',
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies readonly JobState[];

/** From first to last served. */
export const PRIORITIES = ['high', 'medium', 'low'] as const satisfies readonly Priority[];
