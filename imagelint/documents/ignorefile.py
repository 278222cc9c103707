"""Ignore files of Docker: what of the build context is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from imagelint.documents.base import Complaint, Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source, Span


class IgnorePattern(NamedTuple):
    """One pattern: `pattern` is cleaned (no `!`, no slash at either end)."""

    span: Span
    pattern: str
    negated: bool = False


class IgnoreFile(Document):
    """A `.dockerignore`, or the `<name>.dockerignore` beside a Dockerfile of another name."""

    kind: ClassVar[str] = "ignore"
    __slots__ = ("patterns",)

    def __init__(
        self,
        source: Source,
        *,
        patterns: Iterable[IgnorePattern] = (),
        complaints: Iterable[Complaint] = (),
    ) -> None:
        super().__init__(source, complaints=complaints)
        self.patterns = tuple(patterns)

    def nodes(self) -> Iterator[IgnorePattern]:
        """The patterns in source order."""
        return iter(self.patterns)

    def excludes(self, path: str) -> bool:  # noqa: ARG002 - skeleton
        """Whether a path of the build context (`a/b`, relative, slashes) is left out of it."""
        return False


def parse_ignore(source: Source) -> IgnoreFile:
    """Read an ignore file. Never raises: a pattern that Docker refuses becomes a complaint."""
    return IgnoreFile(source)
