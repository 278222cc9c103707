"""What is in images, what vulnerabilities are called besides, and what runs asked.

Revision ID: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; of earlier runs nobody knows what they asked."""
    op.add_column("runs", sa.Column("asked", sa.Text(), nullable=True))
    op.create_table(
        "packages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "package_lists",
        sa.Column("package", sa.String(length=32), nullable=False),
        sa.Column("list", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["package"], ["packages.id"], name=op.f("fk_package_lists_package")
        ),
        sa.PrimaryKeyConstraint("package", "list", name=op.f("pk_package_lists")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inventories",
        sa.Column("judgement", sa.String(length=32), nullable=False),
        sa.Column("list", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["judgement"], ["judgements.id"], name=op.f("fk_inventories_judgement")
        ),
        sa.PrimaryKeyConstraint("judgement", "list", name=op.f("pk_inventories")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_inventories_list"), "inventories", ["list"])
    op.create_table(
        "aliases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "other", name=op.f("pk_aliases")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Forget them."""
    for table in ("aliases", "inventories", "package_lists", "packages"):
        op.drop_table(table)
    op.drop_column("runs", "asked")
