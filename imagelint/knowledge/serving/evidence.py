"""Which engine is likely where neither an image nor a program tells: by what a container is told.

Several things said together can be an engine's alone: flags, variables, words in the name of an
image that others built with it, a model's format for which KServe chooses it. None is proof.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.knowledge.engines import engine
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.knowledge.engine_schema import IndexedEvidence

# What stands in front of a server, or beside it, is called after it.
_BESIDE = re.compile(
    r"(?<![a-z])(?:router|proxy|gateway|client|bench|benchmark|operator|controller|exporter|sim"
    r"|simulator|sidecar|ui|webui|plugin|dashboard|monitor|test|tests)(?![a-z])"
)


def engine_of_flags_together(flags: frozenset[str]) -> str:
    """The engine whose own flags are given together, of several the one that knows most of them.

    They are written without dashes in front, and with `-` for `_`.
    """
    found = [row["engine"] for row in _rows() if _has_flags(row, flags)] if flags else []
    return max(found, key=lambda name: _familiarity(name, flags), default="")


def _familiarity(name: str, flags: frozenset[str]) -> tuple[int, int]:
    """How many flags an engine knows, and how many of them by their main names."""
    return len(flags & _flags_of(name)), len(flags & engine(name).flags.keys())


def engine_of_choice(runtime: str, model_format: str) -> str:
    """The engine that a runtime of KServe, by its name or by the format of the model, is."""
    return (
        engine_of_words(runtime)
        or _of_format(runtime, alone=False)
        or _of_format(model_format, alone=not runtime)
    )


def engine_of_variables(variables: frozenset[str]) -> str:
    """The engine whose own variables are set together; empty where nothing speaks for one."""
    found = [
        (len(together), row["engine"])
        for row in _rows()
        for together in row["variables"]
        if variables.issuperset(together)
    ]
    return max(found)[1] if found else ""


def engine_of_words(name: str) -> str:
    """The engine whose word stands in the name of an image, or of a runtime, that others made."""
    written = name.lower()
    if not written or _BESIDE.search(written):
        return ""
    found = [(len(word), name) for word, name in _words().items() if stands_in(word, written)]
    return max(found)[1] if found else ""


def _of_format(name: str, *, alone: bool) -> str:
    """The engine that a model's format means; `alone`: KServe chooses the runtime by it alone."""
    written = name.lower()
    if not written:
        return ""
    found = [
        (len(glob), row["engine"])
        for row in _rows()
        for glob in (*row["formats"], *(row["default_formats"] if alone else ()))
        if matches(written, glob)
    ]
    return max(found)[1] if found else ""


def _rows() -> list[IndexedEvidence]:
    return table("engines/index")["evidence"]


def _has_flags(row: IndexedEvidence, flags: frozenset[str]) -> bool:
    if not row["flags"]:
        return False
    known = engine(row["engine"])
    given = {known.canonical(flag) for flag in flags}
    return any(given.issuperset(together) for together in row["flags"])


@looked_up
def _flags_of(name: str) -> frozenset[str]:
    known = engine(name)
    others = (flag for names in known.flags.values() for flag in names)
    return frozenset((*known.flags, *others, *known.booleans, *known.lists))


@looked_up
def _words() -> Mapping[str, str]:
    return {word: row["engine"] for row in _rows() for word in row["image_words"]}


def stands_in(word: str, name: str) -> bool:
    """Whether a word stands in a name with no letter beside it: `vllm` in `cu118-vllm0.7`."""
    at = name.find(word)
    while at >= 0:
        end = at + len(word)
        if not name[at - 1 : at].isalpha() and not name[end : end + 1].isalpha():
            return True
        at = name.find(word, at + 1)
    return False
