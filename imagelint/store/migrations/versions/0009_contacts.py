"""How the teams of a run are reached.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of earlier runs nobody knows it."""
    op.add_column("runs", sa.Column("contacts", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("runs", "contacts")
