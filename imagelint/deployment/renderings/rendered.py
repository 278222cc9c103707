"""Objects that an engine makes, as a document whose nodes stand where they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding
    from imagelint.documents.base import Node
    from imagelint.documents.project import Project


class RenderedManifest(Manifest):
    """The objects that an engine makes of a folder; its own source is what says how.

    `maker` is what readers call it.
    """

    rendered = True
    __slots__ = ("maker",)
    maker: str

    def within(self, project: Project) -> RenderedManifest:  # noqa: ARG002 - nobody changes it
        """Itself: what others would make of it is made."""
        return self

    def set_by(self, finding: Finding) -> Iterator[Node]:  # noqa: ARG002 - for templates
        """Where that is set which the place of a finding only takes."""
        return iter(())
