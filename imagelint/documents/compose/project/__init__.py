"""Compose files that are put together: layers, `include` and `extends`."""
