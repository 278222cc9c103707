"""The other documents of a run, read-only: a rule may look everywhere but speak only of its own."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.documents.base import Document, Node

D = TypeVar("D", bound="Document")
N = TypeVar("N", bound="Node")

EVERYTHING = "*"


def _nothing(_origin: str) -> Fact[Document]:
    return UNKNOWN


def beside(origin: str, name: str) -> str:
    """The origin of a file that is named relative to the folder of another origin."""
    folder = dirname(origin)
    return normpath(join(folder, name)) if folder else normpath(name)


class Project:
    """The documents around the one that is examined, loaded when asked for.

    `load` gives the document of an origin: absent when there certainly is no such file, unknown
    when that cannot be told. `origins` lists, in order, the origins of all examined documents of
    a kind whose text mentions a word. What was asked is remembered in `dependencies`: origins, or
    `*` for the whole.
    """

    __slots__ = ("_load", "_origins", "dependencies")

    def __init__(
        self,
        load: Callable[[str], Fact[Document]] = _nothing,
        origins: Callable[[str, str], Iterable[str]] = lambda _kind, _word: (),
    ) -> None:
        self._load = load
        self._origins = origins
        self.dependencies: set[str] = set()

    def document(self, origin: str, kind: type[D]) -> Fact[D]:
        """The document of that origin; absent only when it certainly does not exist."""
        self.dependencies.add(origin)
        found = self._load(origin)
        if found is ABSENT:
            return ABSENT
        if isinstance(found, Known) and isinstance(found.value, kind):
            return Known(found.value)
        return UNKNOWN

    def of(self, kind: type[D], mentioning: str = "") -> tuple[D, ...]:
        """All documents of a kind whose text mentions a word, in the order of their origins."""
        self.dependencies.add(EVERYTHING)
        found = (self._load(origin) for origin in self._origins(kind.kind, mentioning))
        return tuple(
            fact.value for fact in found if isinstance(fact, Known) and isinstance(fact.value, kind)
        )

    def nodes(self, kind: type[D], node: type[N], mentioning: str = "") -> tuple[tuple[D, N], ...]:
        """All nodes of a type in documents of a kind, each with its document, in order."""
        return tuple(
            (document, found)
            for document in self.of(kind, mentioning)
            for found in document.nodes_of(node)
        )
