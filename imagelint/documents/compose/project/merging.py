"""Two compose files, or a service and what it extends, as the one thing that compose makes of them.

https://github.com/compose-spec/compose-spec/blob/main/13-merge.md, and as it is done:
compose-spec/compose-go:override/merge.go, override/uncity.go
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence
from imagelint.documents.yaml.text import contiguous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.documents.compose.project.files import ProjectFiles
    from imagelint.documents.yaml.nodes import YamlNode

    Fields: TypeAlias = tuple[str, ...]
    """The keys that lead from a service to a value."""

_REPLACED = frozenset((("command",), ("entrypoint",), ("healthcheck", "test")))
# Mappings that may as well be written as lists of `name=value`, …
_SETTINGS = frozenset(
    (
        ("environment",),
        ("labels",),
        ("annotations",),
        ("sysctls",),
        ("extra_hosts",),
        ("build", "args"),
        ("build", "labels"),
        ("build", "additional_contexts"),
        ("build", "extra_hosts"),
        ("deploy", "labels"),
    )
)
# … or as lists of names, …
_NAMES = frozenset((("depends_on",), ("networks",), ("models",)))
# … and lists that may as well be a single word.
_WORDS = frozenset(
    (("dns",), ("dns_opt",), ("dns_search",), ("env_file",), ("label_file",), ("tmpfs",))
)
# Of these a later item takes the place of an earlier one that is about the same.
_BY_TARGET = frozenset((("volumes",), ("devices",), ("configs",), ("secrets",)))
_UNIQUE = (
    frozenset((("cap_add",), ("cap_drop",), ("expose",), ("links",), ("ports",), ("profiles",)))
    | _BY_TARGET
    | _WORDS
)
_TAG = pattern(r"\s*:\s+(?:&\S+\s+)?!(reset|override)\b")
_RESET = "!reset"
_FARTHEST = 200
MOST_MERGED = 200_000
"""Entries and items that are put together in one project; people write some hundreds."""


class Merger:
    """Puts trees of nodes together, by what their files say.

    What comes of it is bounded: many services may extend a large one.
    """

    __slots__ = ("_files", "_left")

    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self._left = MOST_MERGED

    def files(self, base: YamlNode, over: YamlNode) -> YamlNode:
        """A file and the one that is laid over it."""
        if not isinstance(base, Mapping) or not isinstance(over, Mapping):
            return over if isinstance(over, Mapping) else base
        return self._mappings(base, over, self._sections)

    def service(self, base: YamlNode, over: YamlNode) -> YamlNode:
        """A service and what is laid over it."""
        return self._values((), base, over)

    def inherited(self, base: YamlNode, own: YamlNode) -> YamlNode:
        """A service with what it extends, all of which will be read once more."""
        pending = [base]
        while pending:
            node = pending.pop()
            if isinstance(node, Sequence):
                pending += node.items
            elif isinstance(node, Mapping):
                pending += (entry.value for entry in node.entries)
            self._count(1)
        return self.service(base, own)

    def without_resets(self, root: YamlNode) -> YamlNode:
        """A tree without what is reset, when nothing is left that it could reset."""
        if any(_RESET in text.source.text for text in self._files.parts):
            return without_resets(root, self._files.written)
        return root

    def _sections(self, name: str, base: YamlNode, over: YamlNode) -> YamlNode:
        if name == "services" and isinstance(base, Mapping) and isinstance(over, Mapping):
            return self._mappings(base, over, lambda _name, old, new: self.service(old, new))
        return self._values((".", name), base, over)

    def _values(self, fields: Fields, base: YamlNode, over: YamlNode) -> YamlNode:
        if isinstance(over, Scalar) and over.value is None and fields not in _REPLACED:
            return base
        if fields in _REPLACED:
            return over
        base, over = _alike(fields, base, over)
        if isinstance(base, Sequence) and isinstance(over, Sequence):
            self._count(len(base.items) + len(over.items))
            return base._replace(items=_joined(fields, base.items, over.items))
        if not isinstance(base, Mapping) or not isinstance(over, Mapping):
            return over
        if fields == ("logging",) and _differ(base.get("driver"), over.get("driver")):
            return over
        return self._mappings(
            base, over, lambda name, old, new: self._values((*fields, name), old, new)
        )

    def _mappings(
        self,
        base: Mapping,
        over: Mapping,
        merge: Callable[[str, YamlNode, YamlNode], YamlNode],
    ) -> Mapping:
        self._count(len(base.entries) + len(over.entries))
        entries = {entry.key.text: entry for entry in base.entries}
        for entry in over.entries:
            name, tag = entry.key.text, _tag(entry, self._files.written)
            old = entries.get(name)
            if tag == "reset":
                entries.pop(name, None)
            elif tag or old is None:
                entries[name] = entry
            else:
                value = merge(name, old.value, entry.value)
                # What is replaced stands where it is written last, what is added to where it began.
                key = entry.key if value is entry.value else old.key
                entries[name] = Entry(key, value)
        return base._replace(entries=tuple(entries.values()))

    def _count(self, parts: int) -> None:
        self._left -= parts
        if self._left < 0:
            message = f"more than {MOST_MERGED:,} parts of services come together"
            raise DocumentError(ProblemKind.TOO_LARGE, message)


def without_resets(root: YamlNode, written: Callable[[Span], str]) -> YamlNode:
    """A tree without what is reset; `written` is the text of a place of it."""
    return _kept(root, written, {})


def _kept(node: YamlNode, written: Callable[[Span], str], known: dict[int, YamlNode]) -> YamlNode:
    done = known.get(id(node))
    if done is None:
        done = node
        if isinstance(node, Sequence):
            done = node._replace(items=tuple(_kept(item, written, known) for item in node.items))
        elif isinstance(node, Mapping):
            entries = (entry for entry in node.entries if _tag(entry, written) != "reset")
            left = (entry._replace(value=_kept(entry.value, written, known)) for entry in entries)
            done = node._replace(entries=tuple(left))
        known[id(node)] = done
    return done


def _tag(entry: Entry, written: Callable[[Span], str]) -> str:
    start, end = entry.key.span.end, entry.value.span.start
    if not 0 <= end - start <= _FARTHEST:
        return ""  # the value of an anchor stands elsewhere
    match = _TAG.match(written(Span(start, end)))
    return match[1] if match else ""


def _alike(fields: Fields, base: YamlNode, over: YamlNode) -> tuple[YamlNode, YamlNode]:
    """Two values in the form in which they can be put together."""
    if fields in _SETTINGS or fields in _NAMES:
        if isinstance(base, Sequence) and isinstance(over, Sequence) and fields in _NAMES:
            return base, over
        return _as_mapping(base), _as_mapping(over)
    if fields in _WORDS:
        return _as_list(base), _as_list(over)
    if fields == ("build",):
        return _as_build(base), _as_build(over)
    return base, over


def _as_mapping(node: YamlNode) -> YamlNode:
    if not isinstance(node, Sequence):
        return node
    entries = (_as_entry(item) for item in node.items if isinstance(item, Scalar))
    return Mapping(node.span, tuple(entries))


def _as_entry(item: Scalar) -> Entry:
    name, equals, value = item.text.partition("=")
    span = contiguous(item)
    if span is None:
        key = Scalar(item.span, name, name, plain=True)
        written = Scalar(item.span, value, value, plain=True)
    else:
        between = span.start + len(name)
        key = Scalar(Span(span.start, between), name, name, plain=True)
        written = Scalar(Span(between + len(equals), span.end), value, value, plain=True)
    return Entry(key, written if equals else written._replace(value=None))


def _as_list(node: YamlNode) -> YamlNode:
    one_word = isinstance(node, Scalar) and node.value is not None
    return Sequence(node.span, (node,)) if one_word else node


def _as_build(node: YamlNode) -> YamlNode:
    if not isinstance(node, Scalar) or node.value is None:
        return node
    key = Scalar(node.span, "context", "context", plain=True)
    return Mapping(node.span, (Entry(key, node),))


def _differ(base: YamlNode | None, over: YamlNode | None) -> bool:
    return isinstance(base, Scalar) and isinstance(over, Scalar) and base.text != over.text


def _joined(
    fields: Fields, base: Iterable[YamlNode], over: Iterable[YamlNode]
) -> tuple[YamlNode, ...]:
    if fields not in _UNIQUE:
        return (*base, *over)
    found: dict[object, YamlNode] = {}
    for item in (*base, *over):
        found[_identity(fields, item)] = item
    return tuple(found.values())


def _identity(fields: Fields, item: YamlNode) -> object:
    """What an item is about: two of the same identity are one."""
    if isinstance(item, Scalar):
        words = item.text.split(":")
        by_target = fields in _BY_TARGET and len(words) > 1 and "${" not in item.text
        return words[1] if by_target else item.text
    target = item.get("target") if isinstance(item, Mapping) else None
    by_target = fields in _BY_TARGET and isinstance(target, Scalar)
    return target.text if by_target and isinstance(target, Scalar) else id(item)
