"""How the schema of a store came to be, revision by revision, for Alembic."""
