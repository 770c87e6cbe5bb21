"""The tables. Each column is described by its life: when it is set, when it changes, by whom."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from trajectory.store.columns import count as _count
from trajectory.store.columns import metadata
from trajectory.store.columns import time as _time
from trajectory.store.error_tables import error_groups, error_hours
from trajectory.store.saved_view_tables import saved_views
from trajectory.store.stats_tables import queue_ages, stats, stats_durations

__all__ = ["error_groups", "error_hours", "metadata", "queue_ages", "saved_views", "stats", "stats_durations"]

jobs = Table(
    "jobs",
    metadata,
    # Set at submission, and changed only by a later submission of the same `unique_key` that replaces it.
    Column("id", Uuid, primary_key=True),  # UUIDv7: ordered by the time it was made
    Column("task", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("source", Text),  # the webhook source, schedule or client that submitted it
    Column("batch_id", Uuid),
    Column("created_by", Text),  # name of the key that submitted it
    Column("max_retries", SmallInteger, nullable=False),
    Column("timeout_seconds", Double),
    Column("schedule_id", Uuid, ForeignKey("schedules.id", ondelete="SET NULL")),  # whose tick it is
    Column("unique_key", Text),  # no second job of this key while one waits, or within its window
    Column("concurrency_key", Text),  # at most `concurrency_limit` jobs of this key run at a time
    Column("concurrency_limit", Integer),
    _time("created_at", nullable=False, default_now=True),
    # Changed by every move; `version` grows with each change that a reader can see.
    Column("priority", SmallInteger, nullable=False),  # 0 high, 1 medium, 2 low
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    # Due, and the place in the queue; `now` whenever the job comes back to `queued`, unless it was claimed and did not
    # begin, or its attempt was lost or interrupted: it keeps its place then.
    _time("run_at", nullable=False, default_now=True),
    _time("returned_at"),  # its attempt was last lost or interrupted: until then it did not wait
    # A queued job that a limit holds: no claim looks at it until it is let in.
    Column("held", Boolean, nullable=False, server_default=text("false")),
    # The `run_at` that it had while it was held, once it is let in: until its attempt ends it takes up one of the
    # places of its limits, and if it is held again before it started, it stands where it stood.
    _time("held_run_at"),
    _time("cancel_requested_at"),  # while it runs; cleared when it comes back to `queued`
    # Set by the claim.
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("claim", BigInteger),  # the slot process that holds it: slots.claim
    _time("started_at"),
    # Set when an attempt ends. `failures` counts those that used up a retry, `losses` those that lost their slot.
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
    Column("losses", SmallInteger, nullable=False, server_default=text("0")),
    Column("outcome", Text),  # of the latest attempt, once the job is final
    _time("finished_at"),  # when the job became final
    Column("result", JSONB),
    Column("error_type", Text),  # the latest error; cleared by success
    Column("error_message", Text),
    Column("error_traceback", Text),
    Column("error_attempt", Integer),
    Column("fingerprint", Text),  # of that error: error_groups.fingerprint
    # Written by the running task, a few times a second.
    Column("progress_done", Double),
    Column("progress_total", Double),
    Column("progress_message", Text),
    CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
    CheckConstraint(
        "state IN ('scheduled', 'queued', 'running', 'retrying', 'succeeded', 'failed', 'cancelled')", name="state"
    ),
    # Every claim and finish makes a new row version: leave room for it in the page, and clean up early. Not earlier:
    # to vacuum is to read every index of all that is over, and a claim begins past the dead entries (`ground.py`).
    postgresql_with={
        "fillfactor": "80",
        "autovacuum_vacuum_scale_factor": "0.1",
        "autovacuum_vacuum_cost_limit": "1000",
    },
)

# The order in which slots claim.
_in_order = (jobs.c.priority, jobs.c.run_at, jobs.c.id)
Index("jobs_ready", *_in_order, postgresql_where=text("state = 'queued' AND NOT held"))
# What limits look at: only jobs that one applies to are in these.
Index("jobs_held", jobs.c.task, *_in_order, postgresql_where=text("state = 'queued' AND held"))
Index(
    "jobs_held_key",
    jobs.c.concurrency_key,
    *_in_order,
    postgresql_where=text("state = 'queued' AND held AND concurrency_key IS NOT NULL"),
)
Index("jobs_let_in", jobs.c.task, postgresql_where=text("state IN ('queued', 'running') AND held_run_at IS NOT NULL"))
Index(
    "jobs_let_in_key",
    jobs.c.concurrency_key,
    postgresql_where=text("state IN ('queued', 'running') AND held_run_at IS NOT NULL AND concurrency_key IS NOT NULL"),
)
Index("jobs_unique", jobs.c.unique_key, jobs.c.id, postgresql_where=text("unique_key IS NOT NULL"))
Index(
    "jobs_unique_waiting",
    jobs.c.unique_key,
    jobs.c.task,
    postgresql_where=text("unique_key IS NOT NULL AND state IN ('scheduled', 'queued', 'retrying')"),
)
Index("jobs_concurrency", jobs.c.concurrency_key, jobs.c.id, postgresql_where=text("concurrency_key IS NOT NULL"))
Index("jobs_schedule", jobs.c.schedule_id, jobs.c.id, postgresql_where=text("schedule_id IS NOT NULL"))
Index(
    "jobs_schedule_unfinished",
    jobs.c.schedule_id,
    postgresql_where=text("schedule_id IS NOT NULL AND state IN ('scheduled', 'queued', 'running', 'retrying')"),
)
Index("jobs_due", jobs.c.run_at, postgresql_where=text("state IN ('scheduled', 'retrying')"))
Index("jobs_running", jobs.c.claim, postgresql_where=text("state = 'running'"))
Index("jobs_failed", jobs.c.id, postgresql_where=text("state IN ('failed', 'cancelled')"))
# What lists and counts follow: a job enters it when it is over, and only then.
_listed = (jobs.c.task, jobs.c.priority, jobs.c.state, jobs.c.id)
_over = text("finished_at IS NOT NULL")
Index("jobs_finished", jobs.c.finished_at, postgresql_where=_over)
Index("jobs_over", *_listed, postgresql_where=_over, postgresql_include=["created_at"])
Index("jobs_source", jobs.c.source, jobs.c.id, postgresql_where=text("source IS NOT NULL"))
Index("jobs_tagged", jobs.c.tags, postgresql_using="gin", postgresql_where=text("tags <> '{}'"))
Index("jobs_batch", jobs.c.batch_id, jobs.c.id, postgresql_where=text("batch_id IS NOT NULL"))
Index("jobs_fingerprint", jobs.c.fingerprint, jobs.c.id, postgresql_where=text("fingerprint IS NOT NULL"))

attempts = Table(
    "attempts",
    metadata,
    # The attempts that were followed by something. The latest attempt of a job is in the job's own row.
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("claim", BigInteger),
    _time("started_at"),
    _time("finished_at", nullable=False, default_now=True),
    Column("error_type", Text),
    Column("error_message", Text),
    Column("error_traceback", Text),
    Column("fingerprint", Text),
    _time("retry_at"),
)
Index("attempts_finished", attempts.c.finished_at)
Index(
    "attempts_fingerprint",
    attempts.c.fingerprint,
    attempts.c.finished_at,
    postgresql_where=text("fingerprint IS NOT NULL"),
)
# What ran for long, by when: a span finds in it what had begun before the span's end and ended far after it.
_ran, _long = text("tstzrange(started_at, finished_at)"), text("finished_at - started_at >= interval '10 seconds'")
Index("jobs_long", _ran, _table=jobs, postgresql_using="gist", postgresql_where=_long)
Index("attempts_long", _ran, _table=attempts, postgresql_using="gist", postgresql_where=_long)

job_logs = Table(
    "job_logs",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger, primary_key=True),  # attempt * 1,000,000 + the line's number in that attempt
    Column("attempt", Integer, nullable=False),
    _time("at", nullable=False),
    Column("level", Text, nullable=False),
    Column("message", Text, nullable=False),
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    # False from before its bytes are put until they are there: whoever removes the job removes them, wherever its slot
    # died. One of the same name, of an earlier attempt, stays true and stays what is read.
    Column("kept", Boolean, nullable=False, server_default=text("true")),
    _time("created_at", nullable=False, default_now=True),
)

workers = Table(
    "workers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("queues", ARRAY(Text), nullable=False),
    Column("tasks", ARRAY(Text), nullable=False),
    Column("slots", Integer, nullable=False),
    Column("release", Text, nullable=False, server_default=text("''")),  # of the code that it runs, if that has a name
    _time("started_at", nullable=False, default_now=True),
    _time("heartbeat_at", nullable=False, default_now=True),
    _time("stopped_at"),  # it said goodbye
    _time("lost_at"),  # the dispatcher gave its jobs back; cleared if it speaks again
    # What its slots hold at its last heartbeat: slot -> bytes.
    Column("slot_memory", JSONB, nullable=False, server_default=text("'{}'")),
    # Asked by a person, done by the worker at its next heartbeat.
    Column("wanted_slots", Integer),
    _time("stop_requested_at"),
)

slots = Table(
    "slots",
    metadata,
    # One row for each slot process that ever claimed: the key is what fences its writes.
    Column("claim", BigInteger, Identity(), primary_key=True),
    Column("worker_id", Uuid, ForeignKey("workers.id", ondelete="CASCADE"), nullable=False),
    Column("slot", SmallInteger, nullable=False),
    Column("pid", Integer, nullable=False),
    _time("started_at", nullable=False, default_now=True),
)
Index("slots_worker", slots.c.worker_id)

tasks = Table(
    "tasks",
    metadata,
    # The catalogue: written by a worker when it starts, read by the handlers.
    Column("name", Text, primary_key=True),
    Column("description", Text, nullable=False),
    Column("params_schema", JSON, nullable=False),  # not JSONB: a form shows its fields in this order
    Column("defaults", JSONB, nullable=False),
    Column("max_running", Integer),  # at most so many of its jobs run at a time
    Column("rate_per_second", Double),  # jobs let in; what has not been used adds up to a second's worth
    Column("rate_tokens", Double),
    _time("rate_refilled_at"),
    _time("updated_at", nullable=False, default_now=True),
)

queues = Table(
    "queues",
    metadata,
    # The depth of each queue as the dispatcher last counted it, and whether people let it run.
    Column("priority", SmallInteger, primary_key=True, autoincrement=False),
    _count("queued"),
    _count("scheduled"),
    _count("retrying"),
    _count("running"),
    _count("held"),  # of the queued ones
    _time("oldest_run_at"),
    Column("inversions", BigInteger, nullable=False, server_default=text("0")),
    _time("paused_at"),
    Column("paused_by", Text),
    _time("resumed_at"),
    _time("returned_at"),  # jobs were last given back, to the place where they stood ...
    _time("returned_run_at"),  # ... and the first of them stands here
    _time("measured_at", nullable=False, default_now=True),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # What to submit, and when. `cron` has five fields, in the time zone `timezone` (IANA).
    Column("cron", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("max_retries", SmallInteger),
    Column("timeout_seconds", Double),
    Column("overlap", Text, nullable=False),  # while the last job goes on: skip the tick, queue it, cancel_running
    Column("catch_up", Text, nullable=False),  # ticks missed while no dispatcher ran: none, last, all
    Column("catch_up_limit", Integer, nullable=False),
    Column("declared", Boolean, nullable=False, server_default=text("false")),  # in code, beside its task
    Column("created_by", Text),
    _time("created_at", nullable=False, default_now=True),
    Column("version", Integer, nullable=False, server_default=text("1")),  # grows with each change
    # Changed by people.
    _time("updated_at", nullable=False, default_now=True),
    _time("paused_at"),
    # Changed by the dispatcher at each tick.
    _time("next_run_at"),  # NULL while it is paused
    _time("last_run_at"),  # the newest tick that made a job
    Column("last_error", Text),  # why the latest tick made no job
    _count("skipped"),  # ticks that made no job, because an earlier one waited or ran
    CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
    CheckConstraint("overlap IN ('skip', 'queue', 'cancel_running')", name="overlap"),
    CheckConstraint("catch_up IN ('none', 'last', 'all')", name="catch_up"),
)
Index("schedules_next", schedules.c.next_run_at, postgresql_where=text("paused_at IS NULL"))

bulk_acts = Table(
    "bulk_acts",
    metadata,
    # One act on many jobs, done by the dispatcher in chunks.
    Column("id", Uuid, primary_key=True),
    Column("action", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("filter", JSONB),  # which jobs; or their ids
    Column("ids", ARRAY(Uuid)),
    Column("last_id", Uuid, nullable=False),  # the newest job when it was asked for: no later one is touched
    Column("created_by", Text),
    _time("created_at", nullable=False, default_now=True),
    Column("state", Text, nullable=False, server_default=text("'running'")),
    Column("matched", BigInteger, nullable=False),  # counted when it was asked for
    Column("complete", Boolean, nullable=False, server_default=text("true")),  # no: at least so many matched
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    Column("refused", BigInteger, nullable=False, server_default=text("0")),  # by their state or unique key
    Column("cursor", Uuid),  # the last job that was looked at
    Column("error", Text),
    _time("abort_requested_at"),
    _time("finished_at"),
    CheckConstraint("state IN ('running', 'finished', 'aborted', 'failed')", name="state"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    # What a client called its request, so that a repeated one makes nothing twice.
    Column("scope", Text, primary_key=True),  # the key that submitted
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the request's body
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE")),
    Column("batch_id", Uuid),
    _time("created_at", nullable=False, default_now=True),
)
Index("idempotency_keys_created", idempotency_keys.c.created_at)
Index("idempotency_keys_job", idempotency_keys.c.job_id)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),  # SHA-256 of the key; the key itself is not kept
    _time("created_at", nullable=False, default_now=True),
    _time("revoked_at"),
    CheckConstraint("role IN ('admin')", name="role"),
)

instance = Table(
    "instance",
    metadata,
    # A few values that all processes of one installation share: the secret that signs tickets, how far
    # statistics have been counted, when the dispatcher was last seen.
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
