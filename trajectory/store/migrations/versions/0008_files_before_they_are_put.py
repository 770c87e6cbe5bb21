"""A file of a job is on record before it is put into the store, so that nothing is there that no row knows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # True for what is there, and for what workers of the previous release record.
    op.add_column("artifacts", sa.Column("kept", sa.Boolean(), server_default=sa.text("true"), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM artifacts WHERE NOT kept")
    op.drop_column("artifacts", "kept")
