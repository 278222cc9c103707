"""The files that a compose file is put together from, each read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Source, Span
from imagelint.documents.parts import TextPart, part_at
from imagelint.documents.project import beside
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.load import YamlError, load_yaml
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from imagelint.documents.base import Allowance
    from imagelint.documents.kinds import Beside
    from imagelint.documents.yaml.nodes import YamlNode

MOST_FILES = 50
"""More are not followed: nobody writes so many."""


class UnreadableFileError(Exception):
    """A file cannot be had, and why."""


class ProjectFiles:
    """The files by their names relative to the folder of the first; `own` is that one's name."""

    def __init__(self, source: Source, documents: tuple[YamlNode, ...], read: Beside) -> None:
        self.own = source.origin.rpartition("/")[2]
        self._source = source
        self._read = read
        self._known: dict[str, tuple[YamlNode, ...] | str] = {self.own: documents}
        self.parts = [TextPart(0, source)]
        self.allowances: list[Allowance] = []

    def written(self, span: Span) -> str:
        """What is written under a span, in whichever file it lies."""
        part = part_at(self.parts, span.start)
        return part.source.text[slice(*part.local(span))]

    def documents(self, name: str) -> tuple[YamlNode, ...]:
        """The YAML documents of a file, with places that tell which file they are in.

        Raises:
            UnreadableFileError: there is none to read, or it is not YAML.
        """
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._load(name)
        if isinstance(known, str):
            raise UnreadableFileError(known)
        return known

    def _load(self, name: str) -> tuple[YamlNode, ...] | str:
        if len(self._known) > MOST_FILES:
            return f"more than {MOST_FILES} files are put together"
        text = self._read(name)
        if text is None:
            return "it is not there, or outside of the repository"
        try:
            documents = load_yaml(text)
        except YamlError as error:
            return f"it is not YAML that can be read: {error.message}"
        source = Source(beside(self._source.origin, name), text)
        part = TextPart(self.parts[-1].next_start, source)
        self.parts.append(part)
        self.allowances += (
            one._replace(scope=part.shifted(one.scope), span=part.shifted(one.span))
            for one in comment_allowances(source, documents)
        )
        moved: dict[int, YamlNode] = {}
        return tuple(_moved(document, part.start, moved) for document in documents)


def _moved(node: YamlNode, by: int, known: dict[int, YamlNode]) -> YamlNode:
    """A node with all its places that much further; one that stands twice is moved once."""
    done = known.get(id(node))
    if done is None:
        span = Span(node.span.start + by, node.span.end + by)
        if isinstance(node, Scalar):
            done = node._replace(span=span)
        elif isinstance(node, Sequence):
            done = Sequence(span, tuple(_moved(item, by, known) for item in node.items))
        else:
            done = Mapping(span, tuple(_moved_entry(entry, by, known) for entry in node.entries))
        known[id(node)] = done
    return done


def _moved_entry(entry: Entry, by: int, known: dict[int, YamlNode]) -> Entry:
    start, end = entry.key.span
    key = entry.key._replace(span=Span(start + by, end + by))
    return Entry(key, _moved(entry.value, by, known))
