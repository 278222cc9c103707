"""The port at which the processes of a group meet: its leader opens it, the others ask there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.deployment.groups.podgroups import leader_of, main_container
from imagelint.documents.kubernetes.pods.launching import launch, scripts
from imagelint.documents.runtime.field import Place
from imagelint.knowledge.kubernetes.meeting import (
    CLUSTER,
    COMMON_FLAGS,
    HELPER,
    HELPER_PORT,
    USUAL_PORT,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.shell.script import Word

_PORT = pattern(r"(?:^|:)([0-9]{1,5})$")
_HEAD, _OTHER = "port", "address"


class Meeting(NamedTuple):
    """A port at which processes meet, by what they are told of it, and the place of that."""

    by: str
    port: str
    place: Place | None


class Missed(NamedTuple):
    """A port at which a pod looks for its leader, and the one where that is."""

    place: Place
    asked: str
    there: str


def missed_leaders(pod: Pod, document: Document) -> Iterator[Missed]:
    """The ports at which a pod looks in vain for the leader of its group."""
    leader = leader_of(document, pod)
    if leader is None:
        return
    there = {one.by: one.port for one in _meetings(main_container(leader))}
    for one in _meetings(main_container(pod)):
        if one.place is not None and there.get(one.by, one.port) != one.port:
            yield Missed(one.place, one.port, there[one.by])


def _meetings(container: Container | None) -> Iterator[Meeting]:
    if container is None:
        return
    started = launch(container)
    yield from _of_words(started.argv, started.path)
    for script in scripts(container):
        for command in script.commands:
            yield from _of_words(command.words, script.path)


def _of_words(words: Sequence[Word], path: str) -> Iterator[Meeting]:
    said = [word.text for word in words]
    told = dict(_flags(words))
    if said[:2] == [CLUSTER, "start"]:
        flag = _HEAD if "--head" in said else _OTHER
        yield from _at(CLUSTER, told.get(flag), path, USUAL_PORT if flag == _HEAD else "")
    elif any(one.endswith(HELPER) for one in said):
        yield from _at(HELPER_PORT, told.get(HELPER_PORT), path, USUAL_PORT)
    for flag in COMMON_FLAGS:
        yield from _at(flag, told.get(flag), path, "")


def _flags(words: Sequence[Word]) -> Iterator[tuple[str, Word]]:
    """What stands behind each flag: the same word where it holds the value as well."""
    for word, behind in pairwise((*words, *words[-1:])):
        name, equals, _ = word.text.partition("=")
        if name.startswith("--"):
            yield name[2:], word if equals else behind


def _at(by: str, word: Word | None, path: str, usual: str) -> Iterator[Meeting]:
    """Where something is said, or the usual port; nothing where neither is known."""
    if word is None:
        if usual:
            yield Meeting(by, usual, None)
        return
    value = word.text.partition("=")[2] or word.text
    match = _PORT.search(value.strip("\"'"))  # as it is written, where a variable takes part
    if match is not None:
        yield Meeting(by, match[1], Place(word.span, path))
