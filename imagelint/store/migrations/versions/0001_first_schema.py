"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_chains()
    _make_facts()
    _make_findings()
    _make_images()
    _make_index_members()
    _make_judgements()
    _make_runs()
    _make_tags()
    _make_vulnerabilities()
    _make_judged()
    _make_problems()
    _make_results()
    _make_waivers()
    _make_workers()


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "workers",
        "waivers",
        "results",
        "problems",
        "judged",
        "vulnerabilities",
        "tags",
        "runs",
        "judgements",
        "index_members",
        "images",
        "findings",
        "facts",
        "chains",
    ):
        op.drop_table(table)


def _make_chains() -> None:
    op.create_table(
        "chains",
        sa.Column("chain", sa.String(length=71), nullable=False),
        sa.Column("parent", sa.String(length=71), nullable=True),
        sa.Column("layer", sa.String(length=135), nullable=False),
        sa.Column("diff_id", sa.String(length=135), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("base", sa.String(length=71), nullable=True),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chains")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_chains_depth"), "chains", ["depth"])
    op.create_index(op.f("ix_chains_layer"), "chains", ["layer"])
    op.create_index(op.f("ix_chains_parent"), "chains", ["parent"])


def _make_facts() -> None:
    op.create_table(
        "facts",
        sa.Column("digest", sa.String(length=135), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("digest", "kind", "tool", name=op.f("pk_facts")),
    )


def _make_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.String(length=8), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("layer", sa.String(length=135), nullable=True),
        sa.Column("package", sa.Text(), nullable=True),
        sa.Column("vulnerability", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_findings_layer"), "findings", ["layer"])
    op.create_index(op.f("ix_findings_package"), "findings", ["package"])
    op.create_index(op.f("ix_findings_rule"), "findings", ["rule"])
    op.create_index(op.f("ix_findings_vulnerability"), "findings", ["vulnerability"])


def _make_images() -> None:
    op.create_table(
        "images",
        sa.Column("digest", sa.String(length=135), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("config", sa.String(length=135), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("layers", sa.Integer(), nullable=False),
        sa.Column("created", sa.Text(), nullable=False),
        sa.Column("chain", sa.String(length=71), nullable=True),
        sa.Column("base_name", sa.Text(), nullable=False),
        sa.Column("base_digest", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_images")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_images_chain"), "images", ["chain"])


def _make_index_members() -> None:
    op.create_table(
        "index_members",
        sa.Column("listing", sa.String(length=135), nullable=False),
        sa.Column("digest", sa.String(length=135), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("listing", "digest", name=op.f("pk_index_members")),
        sqlite_with_rowid=False,
    )


def _make_judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=135), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("critical", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("medium", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("info", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgements")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_judgements_digest"), "judgements", ["digest"])


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("depth", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("policy_digest", sa.String(length=71), nullable=False),
        sa.Column("fail_on", sa.String(length=8), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("shards", sa.Integer(), nullable=False),
        sa.Column("started", sa.String(length=20), nullable=False),
        sa.Column("finished", sa.String(length=20), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_key_finished"), "runs", ["key", "finished"])


def _make_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=135), nullable=False),
        sa.Column("first_seen", sa.String(length=20), nullable=False),
        sa.Column("last_seen", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("repository", "tag", "position", name=op.f("pk_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tags_digest"), "tags", ["digest"])


def _make_vulnerabilities() -> None:
    op.create_table(
        "vulnerabilities",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=False),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("epss", sa.Float(), nullable=True),
        sa.Column("exploited", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vulnerabilities")),
    )


def _make_judged() -> None:
    op.create_table(
        "judged",
        sa.Column("judgement", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("finding", sa.String(length=32), nullable=False),
        sa.Column("allowed", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("waiver", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["finding"], ["findings.id"], name=op.f("fk_judged_finding")),
        sa.ForeignKeyConstraint(["judgement"], ["judgements.id"], name=op.f("fk_judged_judgement")),
        sa.PrimaryKeyConstraint("judgement", "position", name=op.f("pk_judged")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_judged_finding"), "judged", ["finding"])


def _make_problems() -> None:
    op.create_table(
        "problems",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_problems_run_id")),
        sa.PrimaryKeyConstraint("run_id", "reference", "position", name=op.f("pk_problems")),
    )


def _make_results() -> None:
    op.create_table(
        "results",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=135), nullable=True),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("judgement", sa.String(length=32), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("signed", sa.String(length=10), nullable=True),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["judgement"], ["judgements.id"], name=op.f("fk_results_judgement")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_results_run_id")),
        sa.PrimaryKeyConstraint("run_id", "reference", name=op.f("pk_results")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_results_digest"), "results", ["digest"])
    op.create_index(op.f("ix_results_judgement"), "results", ["judgement"])
    op.create_index(op.f("ix_results_repository_tag"), "results", ["repository", "tag"])


def _make_waivers() -> None:
    op.create_table(
        "waivers",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_waivers_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_waivers")),
    )


def _make_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", sa.String(length=20), nullable=False),
        sa.Column("seen", sa.String(length=20), nullable=False),
        sa.Column("finished", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_workers_run_id")),
        sa.PrimaryKeyConstraint("run_id", "shard", name=op.f("pk_workers")),
    )
