"""A host, and whether an image starts there."""
