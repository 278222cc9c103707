"""`extends`: services with what they take from other services, of this file or of another.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md#extends, and as it is done:
compose-spec/compose-go:loader/extends.go
"""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.compose.interpolation import interpolated
from imagelint.documents.compose.project.files import UnreadableFileError
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.compose.interpolation import Variables
    from imagelint.documents.compose.project.files import ProjectFiles
    from imagelint.documents.compose.project.gaps import Gaps
    from imagelint.documents.compose.project.merging import Merger
    from imagelint.documents.yaml.nodes import YamlNode

EXTENDS = "extends"
LONGEST_CHAIN = 50
"""Services in a row; more are not followed."""


class _Link(NamedTuple):
    """A service by its file, by the mapping that it stands in, and by its name."""

    file: str
    services: Mapping
    name: str

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells it from others."""
        return self.file, id(self.services), self.name


class Extender:
    """Follows `extends`. A service that cannot be followed keeps its own: it is partial."""

    def __init__(
        self, files: ProjectFiles, merger: Merger, variables: Variables, gaps: Gaps
    ) -> None:
        self._files = files
        self._merger = merger
        self._variables = variables
        self._gaps = gaps
        self._done: dict[tuple[str, int, str], YamlNode] = {}
        self._indexes: dict[int, tuple[Mapping, dict[str, YamlNode]]] = {}
        self._others: dict[str, Mapping] = {}

    def extended(self, root: YamlNode, file: str, via: Span | None) -> YamlNode:
        """A file with all of its services; `via` is where the first file leads to it."""
        services = root.get("services") if isinstance(root, Mapping) else None
        if not isinstance(root, Mapping) or not isinstance(services, Mapping):
            return root
        entries = tuple(
            Entry(entry.key, self._service(_Link(file, services, entry.key.text), via, ()))
            for entry in services.entries
        )
        whole = services._replace(entries=entries)
        sections = (
            entry._replace(value=whole) if entry.value is services else entry
            for entry in root.entries
        )
        return root._replace(entries=tuple(sections))

    def _service(self, link: _Link, via: Span | None, above: tuple[_Link, ...]) -> YamlNode:
        known = self._done.get(link.key)
        if known is not None:
            return known
        result = node = self._index(link.services)[link.name]
        place = node.entry(EXTENDS) if isinstance(node, Mapping) else None
        if isinstance(node, Mapping) and place is not None:
            chain = (*above, link)
            base = self._base(link, place.value, via, chain)
            own = node._replace(entries=tuple(e for e in node.entries if e.key.text != EXTENDS))
            if base is not None:
                inherited = self._service(base, via or place.value.span, chain)
                result = self._merger.inherited(inherited, own)
                if isinstance(result, Mapping):
                    result = result._replace(span=node.span)
        self._done[link.key] = result
        return result

    def _base(
        self, link: _Link, extends: YamlNode, via: Span | None, chain: tuple[_Link, ...]
    ) -> _Link | None:
        """The service that one extends; None where it cannot be told."""
        name, file = self._reference(extends)
        place = extends.span
        if not name or file is None:
            if self._is_named(extends):
                message = f"what `{link.name}` extends depends on a variable: it was not examined"
                self._gaps.unread(via or place, message)
            return None
        services, target = link.services, link.file
        if file:
            target = normpath(join(dirname(link.file), file))
            try:
                services = self._services_of(target)
            except UnreadableFileError as error:
                message = f"what `{link.name}` extends cannot be read from `{target}`: {error}"
                self._gaps.unread(via or place, message)
                return None
        if name not in self._index(services):
            where = f"`{target}`" if file else "this file"
            message = f"`{link.name}` extends the service `{name}`, which is not in {where}"
            self._gaps.refused(place, link.name, message, "name a service that is there")
            return None
        base = _Link(target, services, name)
        if base.key in {known.key for known in chain}:
            message = f"`{link.name}` extends itself, by way of `{name}`"
            self._gaps.refused(place, link.name, message, "break the circle")
            return None
        if len(chain) > LONGEST_CHAIN:
            message = f"`{link.name}` is one of more than {LONGEST_CHAIN} services in a row"
            self._gaps.unread(via or place, message)
            return None
        return base

    def _reference(self, extends: YamlNode) -> tuple[str, str | None]:
        """The service and the file that are named; empty for none, None for an unknown file."""
        if isinstance(extends, Scalar):
            return self._word(extends) or "", ""
        if not isinstance(extends, Mapping):
            return "", ""
        file = extends.get("file")
        return self._word(extends.get("service")) or "", self._word(file) if file else ""

    @staticmethod
    def _is_named(extends: YamlNode) -> bool:
        """Whether something is named, by whatever words."""
        if isinstance(extends, Mapping):
            told = (extends.get("service"), extends.get("file"))
            return isinstance(told[0], Scalar) and all(map(_says_something, told))
        return _says_something(extends)

    def _word(self, node: YamlNode | None) -> str | None:
        if not isinstance(node, Scalar) or node.value is None:
            return None
        fact = interpolated(node.text, self._variables)
        return fact.value if isinstance(fact, Known) else None

    def _services_of(self, file: str) -> Mapping:
        """The services of another file as they are written there.

        Raises:
            UnreadableFileError: there is no such file, or it has no services.
        """
        known = self._others.get(file)
        if known is None:
            whole: YamlNode | None = None
            for document in self._files.documents(file):
                whole = document if whole is None else self._merger.files(whole, document)
            services = whole.get("services") if isinstance(whole, Mapping) else None
            if not isinstance(services, Mapping):
                raise UnreadableFileError("it has no services")
            known = self._others[file] = services
        return known

    def _index(self, services: Mapping) -> dict[str, YamlNode]:
        # With the mapping itself, so that nothing else gets its identity.
        known = self._indexes.get(id(services))
        if known is None:
            index = {entry.key.text: entry.value for entry in services.entries}
            known = self._indexes[id(services)] = (services, index)
        return known[1]


def _says_something(node: YamlNode | None) -> bool:
    return node is None or (isinstance(node, Scalar) and isinstance(node.value, str))
