"""What rules said of images, whatever a policy makes of it.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and let judgements refer to what they were made of."""
    op.create_table(
        "examinations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examinations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_examinations_basis"), "examinations", ["basis"])
    op.add_column("judgements", sa.Column("examination", sa.String(length=32), nullable=True))
    op.add_column("judgements", sa.Column("statements", sa.String(length=71), nullable=True))


def downgrade() -> None:
    """Forget what judgements were made of."""
    op.drop_column("judgements", "statements")
    op.drop_column("judgements", "examination")
    op.drop_table("examinations")
