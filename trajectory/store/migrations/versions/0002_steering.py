"""Steering: limits, uniqueness, cancelling what runs, pauses, schedules, bulk acts, idempotency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filter", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("last_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refused", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("abort_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'finished', 'aborted', 'failed')", name=op.f("bulk_acts_state_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("bulk_acts_pkey")),
    )
    op.create_table(
        "stats_rolled",
        sa.Column("grain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=False),
        sa.Column("succeeded", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("retried", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "dimension", "at", "key", name=op.f("stats_rolled_pkey")),
    )
    op.create_index("stats_rolled_at", "stats_rolled", ["at"], unique=False)
    op.create_table(
        "stats_durations_rolled",
        sa.Column("grain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "grain", "dimension", "at", "key", "measure", "bucket", name=op.f("stats_durations_rolled_pkey")
        ),
    )
    op.create_index("stats_durations_rolled_at", "stats_durations_rolled", ["at"], unique=False)
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("max_retries", sa.SmallInteger(), nullable=True),
        sa.Column("timeout_seconds", sa.Double(), nullable=True),
        sa.Column("overlap", sa.Text(), nullable=False),
        sa.Column("catch_up", sa.Text(), nullable=False),
        sa.Column("catch_up_limit", sa.Integer(), nullable=False),
        sa.Column("declared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("skipped", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("catch_up IN ('none', 'last', 'all')", name=op.f("schedules_catch_up_check")),
        sa.CheckConstraint("overlap IN ('skip', 'queue', 'cancel_running')", name=op.f("schedules_overlap_check")),
        sa.CheckConstraint("priority BETWEEN 0 AND 2", name=op.f("schedules_priority_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("schedules_pkey")),
        sa.UniqueConstraint("name", name=op.f("schedules_name_key")),
    )
    op.create_index(
        "schedules_next", "schedules", ["next_run_at"], unique=False, postgresql_where=sa.text("paused_at IS NULL")
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("idempotency_keys_job_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("idempotency_keys_pkey")),
    )
    op.create_index("idempotency_keys_created", "idempotency_keys", ["created_at"], unique=False)
    op.create_index("idempotency_keys_job", "idempotency_keys", ["job_id"], unique=False)
    op.add_column("jobs", sa.Column("schedule_id", sa.Uuid(), nullable=True))
    op.add_column("jobs", sa.Column("unique_key", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("concurrency_key", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("concurrency_limit", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("jobs", sa.Column("held_run_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("jobs", sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "jobs_held",
        "jobs",
        ["task", "priority", "run_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND held"),
    )
    op.create_index(
        "jobs_held_key",
        "jobs",
        ["concurrency_key", "priority", "run_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND held AND concurrency_key IS NOT NULL"),
    )
    op.create_index(
        "jobs_let_in",
        "jobs",
        ["task"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running') AND held_run_at IS NOT NULL"),
    )
    op.create_index(
        "jobs_let_in_key",
        "jobs",
        ["concurrency_key"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('queued', 'running') AND held_run_at IS NOT NULL AND concurrency_key IS NOT NULL"
        ),
    )
    op.create_index(
        "jobs_unique_waiting",
        "jobs",
        ["unique_key", "task"],
        unique=False,
        postgresql_where=sa.text("unique_key IS NOT NULL AND state IN ('scheduled', 'queued', 'retrying')"),
    )
    op.create_index(
        "jobs_schedule",
        "jobs",
        ["schedule_id", "id"],
        unique=False,
        postgresql_where=sa.text("schedule_id IS NOT NULL"),
    )
    op.create_index(
        "jobs_schedule_unfinished",
        "jobs",
        ["schedule_id"],
        unique=False,
        postgresql_where=sa.text("schedule_id IS NOT NULL AND state IN ('scheduled', 'queued', 'running', 'retrying')"),
    )
    op.create_index(
        "jobs_unique", "jobs", ["unique_key", "id"], unique=False, postgresql_where=sa.text("unique_key IS NOT NULL")
    )
    for table in ("jobs", "attempts"):
        op.create_index(
            f"{table}_long",
            table,
            [sa.text("tstzrange(started_at, finished_at)")],
            unique=False,
            postgresql_using="gist",
            postgresql_where=sa.text("finished_at - started_at >= interval '10 seconds'"),
        )
    op.create_foreign_key(
        op.f("jobs_schedule_id_fkey"), "jobs", "schedules", ["schedule_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        "jobs_over",
        "jobs",
        ["task", "priority", "state", "id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NOT NULL"),
        postgresql_include=["created_at"],
    )
    op.create_index(
        "jobs_source", "jobs", ["source", "id"], unique=False, postgresql_where=sa.text("source IS NOT NULL")
    )
    op.add_column("queues", sa.Column("held", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("queues", sa.Column("inversions", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("queues", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("queues", sa.Column("paused_by", sa.Text(), nullable=True))
    op.add_column("queues", sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tasks", sa.Column("max_running", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("rate_per_second", sa.Double(), nullable=True))
    op.add_column("tasks", sa.Column("rate_tokens", sa.Double(), nullable=True))
    op.add_column("tasks", sa.Column("rate_refilled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("workers", sa.Column("wanted_slots", sa.Integer(), nullable=True))
    op.add_column("workers", sa.Column("stop_requested_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("jobs_ready", table_name="jobs")
    op.create_index(
        "jobs_ready", "jobs", ["priority", "run_at", "id"], postgresql_where=sa.text("state = 'queued' AND NOT held")
    )


def downgrade() -> None:
    op.drop_index("jobs_ready", table_name="jobs")
    op.create_index("jobs_ready", "jobs", ["priority", "run_at", "id"], postgresql_where=sa.text("state = 'queued'"))
    op.drop_column("workers", "stop_requested_at")
    op.drop_column("workers", "wanted_slots")
    op.drop_column("tasks", "rate_refilled_at")
    op.drop_column("tasks", "rate_tokens")
    op.drop_column("tasks", "rate_per_second")
    op.drop_column("tasks", "max_running")
    op.drop_column("queues", "resumed_at")
    op.drop_column("queues", "paused_by")
    op.drop_column("queues", "paused_at")
    op.drop_column("queues", "inversions")
    op.drop_column("queues", "held")
    op.drop_constraint(op.f("jobs_schedule_id_fkey"), "jobs", type_="foreignkey")
    op.drop_index("jobs_source", table_name="jobs", postgresql_where=sa.text("source IS NOT NULL"))
    op.drop_index("jobs_over", table_name="jobs", postgresql_where=sa.text("finished_at IS NOT NULL"))
    op.drop_index("jobs_unique", table_name="jobs", postgresql_where=sa.text("unique_key IS NOT NULL"))
    op.drop_index(
        "jobs_schedule_unfinished",
        table_name="jobs",
        postgresql_where=sa.text("schedule_id IS NOT NULL AND state IN ('scheduled', 'queued', 'running', 'retrying')"),
    )
    op.drop_index("attempts_long", table_name="attempts")
    op.drop_index("jobs_long", table_name="jobs")
    op.drop_index("jobs_schedule", table_name="jobs", postgresql_where=sa.text("schedule_id IS NOT NULL"))
    op.drop_index("jobs_unique_waiting", table_name="jobs")
    op.drop_index("jobs_let_in_key", table_name="jobs")
    op.drop_index("jobs_let_in", table_name="jobs")
    op.drop_index("jobs_held_key", table_name="jobs")
    op.drop_index("jobs_held", table_name="jobs")
    op.drop_column("jobs", "cancel_requested_at")
    op.drop_column("jobs", "held_run_at")
    op.drop_column("jobs", "held")
    op.drop_column("jobs", "concurrency_limit")
    op.drop_column("jobs", "concurrency_key")
    op.drop_column("jobs", "unique_key")
    op.drop_column("jobs", "schedule_id")
    op.drop_index("idempotency_keys_job", table_name="idempotency_keys")
    op.drop_index("idempotency_keys_created", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("schedules_next", table_name="schedules", postgresql_where=sa.text("paused_at IS NULL"))
    op.drop_table("schedules")
    op.drop_table("stats_durations_rolled")
    op.drop_table("stats_rolled")
    op.drop_table("bulk_acts")
