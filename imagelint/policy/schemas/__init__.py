"""Parts of the schema of policies that others refer to."""
