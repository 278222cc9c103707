"""What Alembic runs: the revisions upon the connection that it is given."""

from __future__ import annotations

from alembic import context

from imagelint.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
