"""Which of the listed images are wanted."""

from __future__ import annotations

import heapq
import json
from itertools import groupby
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.documents.image.jsonview import read_json
from imagelint.documents.image.tags import read_version
from imagelint.policy.glob import matches_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.audit.sources.model import Found
    from imagelint.audit.targets import Target


class Selection(NamedTuple):
    """Which images: globs over repositories and over tags; none: all.

    `newest` is how many tags of each repository (0: all): by the time of their push where the
    source tells it, else by their versions. What was pushed before `since` is left out, where the
    source tells when that was.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    newest: int = 0
    since: str = ""

    def wants_repository(self, repository: str) -> bool:
        """Whether anything of a repository may be wanted, by `registry/name` or by its name."""
        if self.include and not _names(self.include, repository):
            return False
        return not _names(self.exclude, repository)

    def choose(self, found: Iterable[Found]) -> Iterator[Found]:
        """Those that are wanted, and all problems."""
        wanted = (one for one in found if isinstance(one, Problem) or self._wants(one))
        return self._newest(wanted) if self.newest else wanted

    def _newest(self, found: Iterator[Found]) -> Iterator[Found]:
        """Of each repository, which sources list together, its newest tags."""
        for _, group in groupby(found, _repository):
            several = list(group)
            targets = [one for one in several if not isinstance(one, Problem)]
            yield from (one for one in several if isinstance(one, Problem))
            yield from heapq.nlargest(self.newest, targets, key=_age)

    def _wants(self, target: Target) -> bool:
        if not self.wants_repository(target.repository):
            return False
        if target.pushed and target.pushed < self.since:
            return False
        return not (self.tags and target.tag) or _matches(self.tags, target.tag)

    def is_within(self, said: str) -> bool:
        """Whether all that is wanted was wanted by an earlier one, as its record says it."""
        view = read_json(said)
        if isinstance(view, str):
            return False
        newest, tags = int(view["newest"].number or 0), view["tags"].texts()
        return (
            _narrower(self.include, view["include"].texts())
            and _narrower(self.tags, tags)
            and set(view["exclude"].texts()) <= set(self.exclude)
            and (not newest or (0 < self.newest <= newest and self.tags == tags))
            and self.since >= view["since"].text
        )

    def as_json(self, platforms: tuple[str, ...], lists: tuple[str, ...] = ()) -> str:
        """What was selected, for the record, and with which lists what is met is compared."""
        more = {"platforms": platforms, "lists": lists}
        return json.dumps({name: value for name, value in (self._asdict() | more).items() if value})


def _narrower(globs: tuple[str, ...], than: tuple[str, ...]) -> bool:
    """Whether globs, none for all, leave nothing in that others leave out."""
    return not than or (bool(globs) and set(globs) <= set(than))


def _repository(found: Found) -> str:
    return found.origin if isinstance(found, Problem) else found.repository


def _age(target: Target) -> tuple[object, ...]:
    """What is greater for newer ones: the time, then the version, then the name."""
    version = read_version(target.tag)
    released = version is not None and version.is_released
    numbers = (version.numbers, version.post) if version and released else ((), 0)
    return (target.pushed, numbers, target.tag)


def _names(globs: Iterable[str], repository: str) -> bool:
    """Whether one of some globs is about a repository.

    Who audits one registry writes `team/*`, as it stands in its catalog: a glob that left nothing
    out because of that would not be noticed. A folder is in no registry.
    """
    registry, _, name = repository.partition("/")
    known = (repository,) if registry.startswith("oci:") else (repository, name)
    return any(_matches(globs, one) for one in known)


def _matches(globs: Iterable[str], text: str) -> bool:
    return any(matches_subject(glob, text) for glob in globs)
