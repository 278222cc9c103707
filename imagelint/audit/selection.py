"""Which of the listed images are wanted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.policy.glob import matches_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.audit.sources.model import Found
    from imagelint.audit.targets import Target


class Selection(NamedTuple):
    """Which images: globs over repositories and over tags; none: all."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def wants_repository(self, repository: str) -> bool:
        """Whether anything of a repository (`registry/name`) may be wanted."""
        if self.include and not _matches(self.include, repository):
            return False
        return not _matches(self.exclude, repository)

    def choose(self, found: Iterable[Found]) -> Iterator[Found]:
        """Those that are wanted, and all problems."""
        for one in found:
            if isinstance(one, Problem) or self._wants(one):
                yield one

    def _wants(self, target: Target) -> bool:
        if not self.wants_repository(target.repository):
            return False
        return not (self.tags and target.tag) or _matches(self.tags, target.tag)

    def as_json(self, platforms: tuple[str, ...]) -> str:
        """What was selected, for the record."""
        said = {name: list(value) for name, value in self._asdict().items() if value}
        return json.dumps(said | ({"platforms": list(platforms)} if platforms else {}))


def _matches(globs: Iterable[str], text: str) -> bool:
    return any(matches_subject(glob, text) for glob in globs)
