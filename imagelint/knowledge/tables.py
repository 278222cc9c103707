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
    import os
    import tomllib

    # pathlib takes longer to import than a table to read.
    path = os.path.join(os.path.dirname(__file__), f"{name}.toml")  # noqa: PTH118, PTH120
    with open(path, "rb") as file:  # noqa: PTH123
        return tomllib.load(file)
