"""Failures in groups, and the release of the code that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_HAS_FINGERPRINT = sa.text("fingerprint IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "error_groups",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sampled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample_message", sa.Text(), nullable=False),
        sa.Column("sample_traceback", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("status_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status_changed_by", sa.Text(), nullable=True),
        sa.Column("regressed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('open', 'resolved', 'ignored')", name=op.f("error_groups_status_check")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("error_groups_pkey")),
    )
    op.create_index("error_groups_seen", "error_groups", ["last_seen_at", "fingerprint"], unique=False)
    op.create_table(
        "error_hours",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fingerprint"],
            ["error_groups.fingerprint"],
            name=op.f("error_hours_fingerprint_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("fingerprint", "hour", "release", name=op.f("error_hours_pkey")),
    )
    op.create_index("error_hours_hour", "error_hours", ["hour"], unique=False)
    op.add_column("jobs", sa.Column("fingerprint", sa.Text(), nullable=True))
    op.add_column("attempts", sa.Column("fingerprint", sa.Text(), nullable=True))
    op.create_index("jobs_fingerprint", "jobs", ["fingerprint", "id"], unique=False, postgresql_where=_HAS_FINGERPRINT)
    op.create_index(
        "attempts_fingerprint",
        "attempts",
        ["fingerprint", "finished_at"],
        unique=False,
        postgresql_where=_HAS_FINGERPRINT,
    )
    op.add_column("workers", sa.Column("release", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("workers", "release")
    op.drop_index("attempts_fingerprint", table_name="attempts")
    op.drop_index("jobs_fingerprint", table_name="jobs")
    op.drop_column("attempts", "fingerprint")
    op.drop_column("jobs", "fingerprint")
    op.drop_table("error_hours")
    op.drop_table("error_groups")
