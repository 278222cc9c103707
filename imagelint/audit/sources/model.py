"""What a source is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.targets import Target
    from imagelint.core.report import Problem

Found: TypeAlias = "Target | Problem"
"""A target, or why some could not be listed."""


class Source(Protocol):
    """Lists images, in whatever order; what cannot be listed is a problem among them."""

    @property
    def name(self) -> str:
        """The source as the user named it."""
        ...

    def targets(self) -> Iterator[Found]:
        """The images."""
        ...
