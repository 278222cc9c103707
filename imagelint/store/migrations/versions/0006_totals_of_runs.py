"""Runs in numbers.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBERS = ("results", "untold", "critical", "high", "medium", "low", "info", "allowed")


def upgrade() -> None:
    """Make the table: runs that are through already are counted when somebody asks."""
    op.create_table(
        "run_totals",
        sa.Column("run_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _NUMBERS),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_totals_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_totals")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("run_totals")
