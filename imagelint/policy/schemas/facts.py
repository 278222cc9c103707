"""What a policy says of the files that hold what a site knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagelint.policy.schemas.definitions import Schema


def knowledge_files() -> Schema:
    """Their names."""
    name = {"type": "string", "pattern": r"\S"}
    return {
        "description": "Files with what your site knows of its own, relative to this file.",
        "anyOf": [name, {"type": "array", "items": name}],
    }
