"""Secrets: their names, their values, where they are written, and the files that hold them."""
