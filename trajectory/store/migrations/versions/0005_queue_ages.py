"""How old the queues were, minute by minute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_ages",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("oldest_wait_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "priority", name=op.f("queue_ages_pkey")),
    )


def downgrade() -> None:
    op.drop_table("queue_ages")
