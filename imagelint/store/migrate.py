"""Bring the schema of a store up to date, by the revisions in `migrations/`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

HEAD = "0010"
"""The newest revision."""

REVISIONS = "alembic_version"
"""The table in which Alembic keeps the revision of a database."""


def migrate(connection: Connection) -> None:
    """Run the revisions that are missing.

    Raises:
        UsageError: a later release made the schema.
    """
    current = revision(connection)
    if current == HEAD:
        return
    # Alembic takes long to import, and is hardly ever needed.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = os.path.join(os.path.dirname(__file__), "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current and current not in known:
        message = f"a later release of imagelint wrote this store (revision {current})"
        raise UsageError(Diagnostic(message, help="use that release, or another store"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision(connection: Connection) -> str:
    """The revision of a database; empty when it has no tables of ours."""
    if not inspect(connection).has_table(REVISIONS):
        return ""
    return str(connection.scalar(text(f"SELECT version_num FROM {REVISIONS}")) or "")  # noqa: S608
