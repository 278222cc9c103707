"""Fewer places to write to for each image: one index of digests, and layers in order.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_UNASKED = (("judgements", "digest"), ("results", "judgement"), ("tags", "digest"))
_COLUMNS = (
    *("chain", "parent", "layer", "diff_id", "size", "depth", "command", "repository", "base"),
    "created",
)


def upgrade() -> None:
    """Drop what `results.digest` answers as well; in SQLite, let layers stand as they come."""
    for table, column in _UNASKED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    _make_chains_anew(by_key=False)


def downgrade() -> None:
    """Make them again."""
    for table, column in _UNASKED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    _make_chains_anew(by_key=True)


def _make_chains_anew(*, by_key: bool) -> None:
    """Whether SQLite keeps a table by its key is settled when it is made; no other can."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index(op.f("ix_chains_depth"), "chains")
    op.create_table(
        "chains_anew",
        sa.Column("chain", sa.String(length=71), nullable=False),
        sa.Column("parent", sa.String(length=71), nullable=True),
        sa.Column("layer", sa.String(length=135), nullable=False),
        sa.Column("diff_id", sa.String(length=135), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("base", sa.String(length=71), nullable=True),
        sa.Column("created", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chains")),
        sqlite_with_rowid=not by_key,
    )
    named = ", ".join(_COLUMNS)
    op.execute(f"INSERT INTO chains_anew ({named}) SELECT {named} FROM chains")  # noqa: S608
    op.drop_table("chains")
    op.rename_table("chains_anew", "chains")
    op.create_index(op.f("ix_chains_depth"), "chains", ["depth"])
