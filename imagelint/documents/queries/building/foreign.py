"""Questions about what is copied from another stage: whether it can run where it comes to lie."""

from __future__ import annotations

import re
from bisect import bisect_left
from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.building.depth import is_deep
from imagelint.documents.queries.dockerfiles.folders import folders_around
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.documents.queries.stages import chain, stages
from imagelint.knowledge.containers.libraries import (
    GLIBC,
    MUSL,
    NONE,
    c_library,
    has_no_local_python,
    official_python,
    python_release,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.shell.script import Word
    from imagelint.knowledge.recognition import Image

__all__ = ["Foreign", "foreign_copies"]

_SITE = pattern(r"/usr/local/lib/python(3\.\d+)(?:/|$)")
_TREES = pattern(r"(?:^|/)(?:node_modules|\.venv|venv|site-packages)(?:/|$)")
# What makes a program that needs no library, or brings the other one along.
_STATIC = ("CGO_ENABLED", "-static", "netgo", "musl", "crt-static", "staticx")
_COMPATIBLE = ("libc6-compat", "gcompat", "glibc", "musl")
_COMMENTS = pattern(r"^[ \t]*#.*$", re.MULTILINE)
_PYTHONS = ("/usr/local",)  # where a Python may come to lie
_MADE = pattern(r"-m (?:venv|virtualenv)\b|\bvirtualenv\b|\buv venv\b")


class Foreign(NamedTuple):
    """A word of a COPY that brings what cannot run there, why, and what to do."""

    word: Word
    why: str
    help: str


def foreign_copies(document: Document, stage: Stage) -> Iterator[Foreign]:
    """What a stage copies from others, and cannot run."""
    below = chain(document, stage)
    target = below[-1].root_image.known if below[-1].root_image is not None else None
    if is_deep(document, stage) or (target is None and not below[-1].scratch):
        return
    sources = _Sources(document)
    for copy in stage.of("COPY"):
        source = _source(document, copy, stage)
        if source is None or len(copy.words) < 2:  # noqa: PLR2004 - from, to
            continue
        origin = source.root_image.known if source.root_image is not None else None
        if origin is None:
            continue
        for word in copy.words[:-1]:
            found = _judge(_Copied(sources, source, origin, word, stage), target)
            if found is not None:
                yield found


class _Sources:
    """What is asked of stages for each word that is copied, and found out once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._said: dict[tuple[int, tuple[str, ...]], bool] = {}
        self._made: dict[int, Mapping[str, str]] = {}
        self._environments: dict[int, frozenset[str]] = {}

    def says(self, stage: Stage, words: tuple[str, ...]) -> bool:
        """Whether one of some words stands in a stage, or in those below it."""
        about = stage.index, words
        if about not in self._said:
            text = _text(self._document, stage)
            self._said[about] = any(word in text for word in words)
        return self._said[about]

    def made(self, stage: Stage) -> Mapping[str, str]:
        """The compilers that the steps of a stage run, by where each puts its program."""
        if stage.index not in self._made:
            self._made[stage.index] = _made_in(stage)
        return self._made[stage.index]

    def environments(self, stage: Stage) -> frozenset[str]:
        """Where the steps of a stage make environments of Python, as far as it is told."""
        if stage.index not in self._environments:
            self._environments[stage.index] = _environments_in(stage)
        return self._environments[stage.index]


class _Copied(NamedTuple):
    """What is copied: from which stage and image, the word, and where to."""

    sources: _Sources
    source: Stage
    origin: Image
    word: Word
    stage: Stage


def _source(document: Document, copy: Instruction, stage: Stage) -> Stage | None:
    flag = copy.flag("from")
    name = flag.text if flag is not None and isinstance(flag.value, Known) else ""
    if name.isdecimal():
        every = stages(document)
        return every[int(name)] if int(name) < len(every) else None
    called = document.derived(_stages_by_name).get(name.lower(), ())
    earlier = bisect_left(called, stage.index)
    return stages(document)[called[earlier - 1]] if earlier else None


def _stages_by_name(document: Document) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for stage in stages(document):
        if stage.name:
            found.setdefault(stage.name.lower(), []).append(stage.index)
    return found


def _judge(copied: _Copied, target: Image | None) -> Foreign | None:
    if not isinstance(copied.word.value, Known):
        return None
    path = copied.word.text
    if target is not None and (found := _of_python(copied, path, target)):
        return found
    first = c_library(copied.origin)
    second = NONE if target is None else c_library(target)
    if not first or not second or first == second:
        return None
    if copied.sources.says(copied.stage, _COMPATIBLE):
        return None
    if second != NONE and _TREES.search(path):
        return Foreign(
            copied.word,
            f"`{path}` was made for {first}, and this image has {second}",
            "make it upon an image of the same kind",
        )
    return _of_program(copied, path, second) if first == GLIBC else None


def _of_python(copied: _Copied, path: str, target: Image) -> Foreign | None:
    site = _SITE.match(path)
    release = python_release(target)
    if site is not None and release and site[1] != release:
        return Foreign(
            copied.word,
            f"Python {release} does not look into the folder of Python {site[1]}",
            "build and run upon the same release of Python",
        )
    fits = site is not None or not official_python(copied.origin)
    if fits or not has_no_local_python(target):
        return None
    if normpath(path) not in copied.sources.environments(copied.source):
        return None
    if copied.sources.says(copied.stage, _PYTHONS):
        return None
    return Foreign(
        copied.word,
        f"the environment `{path}` points to a Python in `/usr/local/bin`, and none is here",
        "run it upon the image in which it was made",
    )


def _environments_in(stage: Stage) -> frozenset[str]:
    return frozenset(
        normpath(word.text)
        for script in own_scripts(stage)
        for command in script.commands
        if _MADE.search(" ".join(word.text for word in command.words))
        for word in command.arguments
        if word.text.startswith("/")
    )


def _of_program(copied: _Copied, path: str, library: str) -> Foreign | None:
    """A program that was linked with glibc, where there is none."""
    if copied.sources.says(copied.source, _STATIC):
        return None
    made = copied.sources.made(copied.source)
    program = next((made[one] for one in folders_around(normpath(path)) if one in made), "")
    if not program:
        return None
    there = "is no library at all" if library == NONE else f"is only {MUSL}"
    return Foreign(
        copied.word,
        f"`{path}` was linked with {GLIBC}, and there {there} in this image",
        _HOW[program],
    )


def _made_in(stage: Stage) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for script in own_scripts(stage):
        for command in script.commands:
            place = _made(command.program, [word.text for word in command.arguments], stage)
            if place:
                found.setdefault(place, command.program)
    return found


_HOW = {
    "go": "build it with `CGO_ENABLED=0`",
    "cargo": "build it upon an `alpine` image, or run it upon one with glibc",
}


def _made(program: str, words: list[str], stage: Stage) -> str:
    """Where a compiler puts its program; empty where that is not known."""
    folder = stage.workdir.value if isinstance(stage.workdir, Known) else ""
    if program == "go" and words[:1] == ["build"] and "-o" in words[:-1]:
        out = words[words.index("-o") + 1]
        return normpath(join(folder, out)) if join(folder, out).startswith("/") else ""
    if program == "cargo" and words[:1] == ["build"] and "--release" in words and folder:
        target = any(word.startswith(("--target", "--manifest")) for word in words)
        return "" if target else normpath(f"{folder}/target/release")
    return ""


def _text(document: Document, stage: Stage) -> str:
    """What stands in a stage and in those that it is built upon, without comments."""
    text = document.source.text
    parts = chain(document, stage)
    return _COMMENTS.sub(
        "", " ".join(text[one.span.start : one.instructions[-1].span.end] for one in parts)
    )
