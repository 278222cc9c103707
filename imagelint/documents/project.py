"""The other documents of a run, read-only: a rule may look everywhere but speak only of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import UNKNOWN, Fact, Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.documents.base import Document, Node

D = TypeVar("D", bound="Document")
N = TypeVar("N", bound="Node")


class Project:
    """All documents that were read, by origin. Remembers whether anything was asked of it.

    `complete` holds the folders (as origins end in `/`, `""` is the root) that were listed in
    full: only there does "not among the documents" mean "does not exist".
    """

    __slots__ = ("_complete", "_documents", "asked")

    def __init__(
        self, documents: Mapping[str, Document] | None = None, complete: Iterable[str] = ()
    ) -> None:
        self._documents = dict(documents or {})
        self._complete = frozenset(complete)
        self.asked = False

    def document(self, origin: str, kind: type[D]) -> Fact[D | None]:
        """The document of that origin; `Known(None)` when it certainly does not exist."""
        self.asked = True
        found = self._documents.get(origin)
        if isinstance(found, kind):
            return Known(found)
        folder = origin.rpartition("/")[0]
        if found is None and (f"{folder}/" if folder else "") in self._complete:
            return Known(None)
        return UNKNOWN

    def of(self, kind: type[D]) -> tuple[D, ...]:
        """All documents of a kind, in the order of their origins."""
        self.asked = True
        return tuple(
            document
            for _, document in sorted(self._documents.items())
            if isinstance(document, kind)
        )

    def nodes(self, kind: type[N]) -> tuple[tuple[Document, N], ...]:
        """All nodes of a type with the document that holds each, in the order of origins."""
        self.asked = True
        return tuple(
            (document, node)
            for _, document in sorted(self._documents.items())
            for node in document.walk()
            if isinstance(node, kind)
        )
