"""Bake files: what `docker buildx bake` builds, and with which contexts."""
