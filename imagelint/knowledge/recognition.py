"""By what serving engines are recognised: images, programs, flags, commands."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Protocol

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagelint.knowledge.engine_schema import IndexedImage


class Image(Protocol):
    """What of an image reference is asked here; `documents.reference` has the type."""

    @property
    def registry(self) -> str:
        """The registry, `docker.io` for Docker Hub."""
        ...

    @property
    def repository(self) -> str:
        """The repository, `library/alpine` for `alpine`."""
        ...

    @property
    def tag(self) -> str:
        """The tag, empty without one."""
        ...


class RecognisedEngine(NamedTuple):
    """The engine that an image holds.

    `upstream` when the image is that project's own, `bare` when it runs what it is given although
    the project's own image has the server as its entry point, `general` when it is used for other
    things than serving as well. `anywhere` when only its last name is known: anybody may build it.
    `release` is the pattern of tags that tell the engine's version where these are not the
    project's own.
    """

    engine: str
    upstream: bool
    bare: bool = False
    general: bool = False
    anywhere: bool = False
    release: str = ""


@looked_up
def _recognise(name: str) -> tuple[tuple[RecognisedEngine, str, tuple[str, ...]], ...]:
    """The engines that images of a name may hold, the first that fits a tag being right.

    Each with a glob over its tags, and globs over those which do not hold it after all.
    """
    found = []
    for row in table("engines/index")["images"]:
        if matches(name, row["glob"]):
            tags = row.get("tags", "")
            found.append((_recognised(row), tags or "*", tuple(row.get("without", ()))))
            if not tags:
                break
    return tuple(found)


def _recognised(row: IndexedImage) -> RecognisedEngine:
    return RecognisedEngine(
        row["engine"],
        row["upstream"],
        row.get("bare", False),
        row.get("general", False),
        # Who names an image in a policy knows whose it is.
        anywhere=row["glob"].startswith("*") and "tags" not in row,
        release=row.get("release", ""),
    )


def recognise_image(reference: Image) -> RecognisedEngine | None:
    """The engine that an image holds by its name and tag, or None."""
    image = original(reference)
    for found, tags, without in _recognise(f"{image.registry}/{image.repository}"):
        if matches(reference.tag, tags):
            return None if any(matches(reference.tag, glob) for glob in without) else found
    return None


def holds_another(reference: Image) -> bool:
    """Whether an image is known to hold no engine of ours, whatever its name says."""
    image = original(reference)
    for _, tags, without in _recognise(f"{image.registry}/{image.repository}"):
        if matches(reference.tag, tags):
            return any(matches(reference.tag, glob) for glob in without)
    return False


def engine_of_image(reference: Image) -> str:
    """The name of the engine that an image holds, empty for none that is known."""
    found = recognise_image(reference)
    return found.engine if found else ""


@looked_up
def _programs() -> Mapping[str, tuple[_Program, ...]]:
    found: dict[str, list[_Program]] = {}
    for row in table("engines/index")["programs"]:
        words = tuple(row["words"])
        found.setdefault(words[0], []).append(_Program(words, row["engine"], row["worker"]))
    return {first: tuple(rows) for first, rows in found.items()}


class _Program(NamedTuple):
    words: tuple[str, ...]
    engine: str
    worker: bool


class EngineProgram(NamedTuple):
    """An engine started by its own program, and how many words name it.

    A `worker` is a part of a larger server, which stands behind the interface of another program.
    """

    engine: str
    length: int
    worker: bool = False


def engine_of_program(words: Sequence[str]) -> EngineProgram | None:
    """The engine that a command starts, `words[0]` being its program; None for any other program.

    Python modules are recognised behind `python -m`, with interpreter options in between, and where
    their name stands for the program, as it does behind `torchrun -m`.
    """
    said = module_words(words)
    for first in ((), ("python",)) if said else ():
        found = _program((*first, *said))
        if found is not None:
            length = len(words) - len(said) + len(found.words) - len(first)
            return EngineProgram(found.engine, length, found.worker)
    return None


def _program(said: tuple[str, ...]) -> _Program | None:
    for row in _programs().get(said[0], ()):
        if said[: len(row.words)] == row.words:
            return row
    return None


def module_words(words: Sequence[str]) -> tuple[str, ...]:
    """The base name of a program and its arguments: `python` and the module for `python3 -m`.

    Empty for an interpreter that runs a file or a text.
    """
    if not words:
        return ()
    first = basename(words[0])
    if not first.startswith("python"):
        return (first, *words[1:])
    module = _module_at(words)
    return () if module is None else ("python", *words[module:])


def _module_at(words: Sequence[str]) -> int | None:
    """The index of the module's name behind `-m`, None when a file or a string is run."""
    for at, word in enumerate(words[1:], start=1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("m"):
            return at + 1 if at + 1 < len(words) else None
        if not word.startswith("-") or word == "-c":
            return None
    return None


def engine_of_flags(kind: str, flags: Iterable[str]) -> str:
    """The engine to which the flags of a container belong whose image is elsewhere, or empty.

    `kind` is that of the object that holds the container, `flags` are written as they stand there.
    """
    given = set(flags)
    for row in table("engines/index")["owners"]:
        if row["kind"] == kind and not given.isdisjoint(row["flags"]):
            return row["engine"]
    return ""


def predictors() -> tuple[str, ...]:
    """The keys of KServe's predictors that stand for an engine: `huggingface`, `triton`."""
    return tuple(table("engines/index")["predictors"])


def pull_length(words: Sequence[str]) -> int:
    """How many words of a command say that it pulls a model (`ollama pull`); 0 where none do."""
    for row in table("engines/index")["pulls"]:
        if list(words[: len(row)]) == row:
            return len(row)
    return 0


@looked_up
def pulling_programs() -> frozenset[str]:
    """The programs that may pull a model."""
    return frozenset(row[0] for row in table("engines/index")["pulls"])


def cluster_variables() -> tuple[str, ...]:
    """The variables by which a server joins a cluster of machines that others form."""
    return tuple(table("engines/index")["cluster_variables"])


def forms_cluster(text: str) -> bool:
    """Whether a script's text forms a cluster of machines before a server starts in it."""
    pattern = _cluster_scripts()
    return pattern is not None and pattern.search(text) is not None


@looked_up
def _cluster_scripts() -> re.Pattern[str] | None:
    words = table("engines/index")["cluster_scripts"]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})") if words else None
