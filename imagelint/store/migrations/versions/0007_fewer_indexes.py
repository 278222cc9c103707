"""No index that nobody asks and that every image pays for.

Revision ID: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_UNASKED = (("chains", "parent"), ("chains", "layer"), ("judged", "finding"))


def upgrade() -> None:
    """Drop them: each is one more page to write, somewhere else, for each layer and finding."""
    for table, column in _UNASKED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)


def downgrade() -> None:
    """Make them again."""
    for table, column in _UNASKED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
