"""Reads the tables of this package. Nothing is read before somebody asks for it."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The table of that name, such as `cuda` or `engines/vllm`.

    Raises:
        FileNotFoundError: there is no such table.
    """
    import tomllib
    from pathlib import Path

    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
