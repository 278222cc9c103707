"""The tables of this package.

They are written by hand as TOML and compiled to Python by `make generate`, so that no run of the
program has to parse them; a test holds both to be the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast


def table(name: str) -> dict[str, Any]:
    """The table of that name, such as `cuda` or `engines/vllm`.

    Raises:
        ModuleNotFoundError: there is no such table.
    """
    module = import_module(f"imagelint.knowledge.compiled.{module_of(name)}")
    return cast("dict[str, Any]", module.TABLE)


def module_of(name: str) -> str:
    """The module that holds a table: `engines_llama_cpp` for `engines/llama.cpp`."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)
