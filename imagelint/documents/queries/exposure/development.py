"""Questions about files that are for the machines of developers."""

from __future__ import annotations


def is_for_development(origin: str) -> bool:
    """Whether a file is laid over another one on the machines of developers, or is for tests."""
    name = origin.rpartition("/")[2]
    return ".override." in name or any(word in origin.lower() for word in (".dev.", "test"))
