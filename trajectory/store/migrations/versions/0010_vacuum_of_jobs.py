"""Among millions of jobs that are over, those are vacuumed less often."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.1)")


def downgrade() -> None:
    op.execute("ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.02)")
