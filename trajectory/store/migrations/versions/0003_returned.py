"""A job that is given back keeps its place: the queue says for a second where claims must look again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queues", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("queues", sa.Column("returned_run_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("INSERT INTO queues (priority) VALUES (0), (1), (2) ON CONFLICT DO NOTHING")


def downgrade() -> None:
    op.drop_column("queues", "returned_run_at")
    op.drop_column("queues", "returned_at")
