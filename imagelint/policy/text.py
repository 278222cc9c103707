"""The text of a policy as plain data, with the place of everything in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.record import NamedTuple
from imagelint.documents.yaml.load import Cursor, YamlError, read_yaml
from imagelint.documents.yaml.nodes import Mapping as YamlMapping
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.core.source import Source, Span
    from imagelint.documents.yaml.load import YamlNode

Data: TypeAlias = Union[bool, int, float, str, "tuple[Data, ...]", "Mapping[str, Data]", None]
Keys: TypeAlias = "Sequence[str | int]"


class PolicyText(NamedTuple):
    """A policy that is YAML, whatever it says. `data` is what is written, unvalidated."""

    source: Source
    root: YamlNode | None
    data: Data

    def span(self, keys: Keys) -> Span:
        """Where the value under those keys is, or the key of its deepest ancestor that exists."""
        return Cursor(self.root).at(*keys).span

    def key_span(self, keys: Keys) -> Span:
        """Where the last of those keys is written."""
        return Cursor(self.root).at(*keys).key_span

    def item_span(self, key: str, index: int) -> Span:
        """Where an item of a list is; a single item may stand there without a list around it."""
        place = Cursor(self.root)[key]
        return (place if isinstance(place.node, Scalar) else place[index]).span

    def written(self, keys: Keys) -> str:
        """The text of the value under those keys, without quotes around a single one."""
        fact = Cursor(self.root).at(*keys).node
        return fact.text if isinstance(fact, Scalar) else ""

    def at(self, span: Span) -> str:
        """A span as a reader finds it: `file:line:column`."""
        start = self.source.position(span.start)
        return f"{self.source.origin}:{start.line}:{start.column}"

    def line(self, keys: Keys) -> str:
        """The line of the last of those keys: `file:line`."""
        start = self.source.position(self.key_span(keys).start)
        return f"{self.source.origin}:{start.line}"


def is_file(name: str) -> bool:
    """Whether a name in `extends` means a file rather than a pack."""
    return name.endswith((".yaml", ".yml"))


def read_text(source: Source) -> PolicyText:
    """The data of a policy file.

    Raises:
        PolicyError: it is not YAML, holds several documents, or says a key twice.
    """
    try:
        stream = read_yaml(source.text)
    except YamlError as error:
        message = f"this is not YAML: {error.message}"
        raise PolicyError(Diagnostic(message, _at(source, error.span))) from None
    if len(stream.documents) > 1:
        at = _at(source, stream.documents[1].span)
        raise PolicyError(Diagnostic("a policy is one YAML document, here a second begins", at))
    if stream.duplicates:
        raise PolicyError(
            *(
                Diagnostic(f"the key `{key.text}` is written twice", _at(source, key.span))
                for key in stream.duplicates
            )
        )
    root = stream.documents[0] if stream.documents else None
    return PolicyText(source, root, plain(root) if root else None)


def plain(node: YamlNode) -> Data:
    """A node as plain data: tuples for lists, dictionaries for mappings."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, YamlMapping):
        return {entry.key.text: plain(entry.value) for entry in node.entries}
    return tuple(plain(item) for item in node.items)


def _at(source: Source, span: Span) -> str:
    start = source.position(min(span.start, len(source.text)))
    return f"{source.origin}:{start.line}:{start.column}"
