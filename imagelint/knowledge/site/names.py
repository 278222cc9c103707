"""The words that a site may use of what the program knows by itself, whatever a policy says."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.knowledge.containers.programs import CHECKING
from imagelint.knowledge.kubernetes.operators import EVERYTHING
from imagelint.knowledge.tables import shipped

if TYPE_CHECKING:
    from imagelint.knowledge.engine_schema import EngineIndex, EngineTable

__all__ = ["CHECKING", "engine_names", "option_names", "privilege_names", "probe_names"]


def engine_names() -> tuple[str, ...]:
    """The engines that the program knows."""
    return tuple(cast("EngineIndex", shipped("engines/index"))["engines"])


def option_names() -> tuple[str, ...]:
    """What an engine may be told, as files spell it: every engine has a word on each."""
    known = cast("EngineTable", shipped(f"engines/{engine_names()[0]}"))
    return tuple(spelt(name) for name in known["options"])


def privilege_names() -> tuple[str, ...]:
    """The fields of a security context that an operator may set."""
    return tuple(sorted(EVERYTHING.privileges))


def probe_names() -> tuple[str, ...]:
    """The probes that an operator may add."""
    return tuple(sorted(EVERYTHING.probes))


def spelt(name: str) -> str:
    """A key of a table as files spell it: `tensor-parallel` for `tensor_parallel`."""
    return name.replace("_", "-")


def key_of(word: str) -> str:
    """A word of a file as tables have it."""
    return word.replace("-", "_")
