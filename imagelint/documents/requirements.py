"""pip's requirements files."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from imagelint.documents.base import Allowance, Complaint, Document
from imagelint.documents.installers.model import PackageIndex, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node

__all__ = ["FileReference", "PackageIndex", "Requirement", "Requirements", "parse_requirements"]


class FileReference(NamedTuple):
    """`-r FILE` or `-c FILE`; `constraint` is true for the latter."""

    span: Span
    path: str
    constraint: bool = False


class Requirements(Document):
    """A requirements file: requirements, files that it includes, indexes, global switches.

    `require_hashes` is true when `--require-hashes` is given, or any requirement has a hash (pip
    then demands one of each).
    """

    kind: ClassVar[str] = "requirements"
    __slots__ = ("indexes", "packages", "references", "require_hashes")

    def __init__(  # noqa: PLR0913 - the parts of a requirements file
        self,
        source: Source,
        *,
        packages: Iterable[Requirement] = (),
        references: Iterable[FileReference] = (),
        indexes: Iterable[PackageIndex] = (),
        require_hashes: bool = False,
        complaints: Iterable[Complaint] = (),
        allowances: Iterable[Allowance] = (),
    ) -> None:
        super().__init__(source, complaints=complaints, allowances=allowances)
        self.packages = tuple(packages)
        self.references = tuple(references)
        self.indexes = tuple(indexes)
        self.require_hashes = require_hashes

    def nodes(self) -> Iterator[Node]:
        """Requirements, references and indexes in source order."""
        every: list[Node] = [*self.packages, *self.references, *self.indexes]
        yield from sorted(every, key=lambda node: node.span)


def parse_requirements(source: Source) -> Requirements:
    """Read a requirements file; what is no requirement becomes a complaint. Never raises."""
    return Requirements(source)
