"""The files of a run as they were at a commit, and what comes of them there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.differences import Present, differences
from imagelint.collect.files import FoundFile, display
from imagelint.collect.findup import root_of
from imagelint.core.record import NamedTuple
from imagelint.documents.detect import candidate
from imagelint.documents.plaintext import PlainText
from imagelint.documents.project import RENDERED, all_of, kind_asked
from imagelint.run.changes.renames import renamed
from imagelint.run.files import (
    Judgement,
    judge_some,
    know_different,
    plan_of,
    recall,
    renderings_of,
)
from imagelint.run.reading.index import FileIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.collect.commit import Commit
    from imagelint.run.files import Run
    from imagelint.run.rendering.renderings import Renderings


class Before(NamedTuple):
    """The files as they were: `texts` are those that are others now, None for what was none.

    `gone` are the files that are not there any more, `renamed` tells under what origin some are.
    """

    files: Mapping[str, FoundFile]
    texts: Mapping[str, str | None]
    renamed: Mapping[str, str]


class JudgedBefore(NamedTuple):
    """What came of the files as they were, and the origins of which that had to be found out."""

    judgement: Judgement
    again: frozenset[str]


class Places:
    """Origins of the files of a repository, as they are called in a run over some paths."""

    def __init__(self, repository: str, paths: Iterable[str]) -> None:
        folders = [path for path in paths if os.path.isdir(path)]
        self._folders = {os.path.realpath(path): path for path in folders}
        self._repository = repository

    def origin(self, place: str) -> str:
        """What a file is called, by its absolute path without links."""
        return display(self.path(place))

    def path(self, place: str) -> str:
        """The path of a file from where the user stands, or below a folder that was named."""
        for folder, named in self._folders.items():
            if place.startswith(f"{folder}/"):
                return os.path.join(named, place[len(folder) + 1 :])
        return place

    def names(self, place: str) -> Iterator[str]:
        """All that others may call a file: as it is displayed, and as they reach it from theirs."""
        path = self.path(place)
        yield display(path)
        yield os.path.relpath(path).replace(os.sep, "/")
        yield place

    def are_below(self, place: str) -> bool:
        """Whether a file is in one of the folders that were named."""
        return any(place.startswith(f"{folder}/") for folder in self._folders)

    def place(self, found: FoundFile) -> str:
        """The absolute path of a file that was found; a link is not followed."""
        absolute = os.path.abspath(found.path)
        if absolute.startswith(f"{self._repository}/"):
            return absolute
        folder, name = os.path.split(absolute)
        return os.path.join(os.path.realpath(folder), name)


def files_before(
    commit: Commit,
    judged: Judgement,
    paths: tuple[str, ...],
    excluded: Callable[[str], bool],
) -> Before:
    """The files of a run as they were at a commit; `excluded` tells what the policy leaves out.

    Raises:
        UsageError: something of it is not in this clone.
    """
    files = judged.files
    places = Places(commit.repository, paths)
    now = {places.place(found): found for found in files.values()}
    differing = differences(commit, Present(now, _consulted(judged)), "--since")
    texts: dict[str, str | None] = {}
    for place, text in differing.texts.items():
        texts |= dict.fromkeys(places.names(place), text)
        if place in now:
            texts[now[place].origin] = text
    before = {origin: each for origin, each in files.items() if texts.get(origin, "") is not None}
    gone: dict[str, str] = {}
    for place in differing.gone:
        text = differing.texts.get(place)
        path = places.path(place)
        if text is None or not places.are_below(place) or not candidate(display(path)):
            continue
        if not excluded(path):
            found = FoundFile(path, display(path), within=os.path.realpath(root_of(path)))
            before[found.origin] = found
            gone[found.origin] = text
    in_order = dict(sorted(before.items()))
    if not gone:
        return Before(in_order, texts, {})
    added = {origin: _text(found) for origin, found in files.items() if origin not in before}
    return Before(in_order, texts, renamed(gone, added))


def _consulted(judged: Judgement) -> frozenset[str]:
    """The files that were looked at, in vain or not, by absolute path."""
    names = {name for stored in judged.stored.values() for name, _ in stored.dependencies}
    here = os.path.join(os.getcwd(), "")
    return frozenset(
        os.path.normpath(os.path.join(here, name)) for name in names if not kind_asked(name)
    )


def _text(found: FoundFile) -> str:
    source = FileIndex({found.origin: found}, hashed=False).content(found).text.source
    return source.text if source is not None else ""


def judge_before(now: Judgement, before: Before, run: Run) -> JudgedBefore:
    """What comes of the files as they were; of those that no change reaches, what came now.

    What was examined in an earlier run, of them or of these files as they were, is remembered.
    """
    run = run._replace(texts=before.texts)
    index = FileIndex(before.files, hashed=run.results.keeps, texts=run.texts)
    index.share(now.file_index, before.files.keys() - before.texts.keys())
    ordered = tuple(before.files[origin] for origin in sorted(before.files))
    renderings = renderings_of(ordered, index, now.renderings)
    plan = plan_of(dict(before.files), index, renderings, run)
    again = [_named(found, now) for found in ordered]
    if know_different((*now.files.values(), *ordered), run):
        # Under what a change is found is another thing by each of the tables.
        reached = frozenset(before.files)
    else:
        recall((found for found in again if found.origin in before.texts), plan, run)
        reached = frozenset(_reached(now, before, index, renderings))
    index.adopt(now.file_index, before.files.keys() - reached)
    stored = judge_some((found for found in again if found.origin in reached), plan, run)
    every = {
        found.origin: stored.get(found.origin) or now.stored[found.origin] for found in ordered
    }
    return JudgedBefore(Judgement(before.files, every, index, renderings), reached)


def _named(found: FoundFile, now: Judgement) -> FoundFile:
    """A file as it was taken now: one of no kind that was named is searched as text."""
    stored = now.stored.get(found.origin)
    if found.named and stored is not None and not stored.report.examined:
        return found._replace(kind=PlainText.kind)
    return found


def _reached(
    now: Judgement, before: Before, index: FileIndex, renderings: Renderings
) -> Iterator[str]:
    """The files of which something else may have been said: they differ, or what they asked for."""
    touched = set(before.texts)
    read_with = (
        origin
        for origin, stored in now.stored.items()
        if stored.held is not None and not touched.isdisjoint(stored.held.read)
    )
    for origin in (*before.texts, *read_with):
        if origin in now.files:
            touched.update(now.file_index.marks(origin))
        if origin in before.files:
            touched.update(index.marks(origin))
    if renderings != now.renderings:
        touched.add(all_of(RENDERED))
    for origin in before.files:
        stored = now.stored.get(origin)
        if (
            stored is None
            or origin in touched
            or renderings.of(origin) != now.renderings.of(origin)
        ) or any(name in touched for name, _ in stored.dependencies):
            yield origin
