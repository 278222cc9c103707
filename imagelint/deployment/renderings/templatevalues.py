"""Which values of a chart the lines of a template take, and where those are set.

https://helm.sh/docs/chart_template_guide/control_structures/
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.deployment.renderings.templatescopes import scopes_of, taken, without_variables
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from re import Match

    from imagelint.core.source import Span
    from imagelint.deployment.renderings.templatescopes import Keys, Scope
    from imagelint.documents.yaml.nodes import Entry, YamlNode

_ACTION = pattern(r"\{\{[\s\S]*?\}\}")
_LINE_END = pattern(r"\n")
_COMMENT = pattern(r"\{\{-?\s*/\*")
_INCLUDE = pattern(r"\b(?:include|template)\s+\"([^\"]+)\"\s+(\([^)]*\)|[^\s)}|]+)")
_DEFINE = pattern(r"\{\{-?\s*define\s+\"([^\"]+)\"\s*-?\}\}")
_OPENS = pattern(r"\{\{-?\s*(if|with|range|define|block|end)\b")
# https://helm.sh/docs/chart_template_guide/builtin_objects/
_CHART = pattern(r"\.Chart\.(AppVersion|Version|Name)\b")
_CHART_FIELDS_BACK = {"appVersion": "AppVersion", "version": "Version", "name": "Name"}
_IMAGE_PARTS = ("registry", "repository", "name", "tag", "digest")
_DEEPEST = 5  # helpers that take helpers
_MOST_VALUES = 20
_MOST_ENTRIES = 200  # mappings that are looked into for what a message speaks of
_QUOTED = pattern(r"`([^`]+)`")
_SEGMENT = pattern(r"(?<=\")[^\"\[\]]+(?=\")|[^.\[\]\"]+")
_WORD = pattern(r"[^\s=]+")
_FRACTION = pattern(r"\d*\.\d+")
_SHORTEST = 4  # of values: others are words of any message

Helpers: TypeAlias = "dict[str, str]"
"""The bodies of named templates."""


class Taken(NamedTuple):
    """A value that a template takes, by its keys, and how a reader calls it.

    `chart` tells that it is a field of `Chart.yaml`.
    """

    keys: Keys
    chart: bool = False

    @property
    def name(self) -> str:
        """As it is written in templates."""
        if self.chart:
            return f".Chart.{_CHART_FIELDS_BACK[self.keys[0]]}"
        return ".".join(("", "Values", *self.keys))


def values_taken(
    template: str, first: int, last: int, helpers: Helpers | None = None
) -> tuple[Taken, ...]:
    """The values that the lines of a template take, by their numbers (from 1).

    Also what the `helpers` take that these lines include.
    """
    begins = _line_starts(template)
    start = begins[min(first, len(begins)) - 1]
    end = begins[last] - 1 if last < len(begins) else len(template)
    scope = scopes_of(template).at(start)
    found: dict[Keys, None] = {}
    text = template[start:end]
    for action in actions(text):
        found.update((keys, None) for keys in taken(action[0], scope) if keys)
    fields = dict.fromkeys(_CHART.findall(text))
    for body, inner in _included(text, scope, helpers or {}, ()):
        fields.update(dict.fromkeys(_CHART.findall(body)))
        for action in actions(body):
            found.update((keys, None) for keys in taken(action[0], inner) if keys)
    chart = (Taken((field[:1].lower() + field[1:],), chart=True) for field in fields)
    return (*map(Taken, list(found)[:_MOST_VALUES]), *chart)


@lru_cache(maxsize=2)  # all that is said of a template is asked in a row
def _line_starts(template: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in _LINE_END.finditer(template)))


def actions(text: str) -> Iterator[Match[str]]:
    """The actions of a template, in order, be they over several lines.

    What is opened behind the last end of one is none: each would be sought up to the end.
    """
    return _ACTION.finditer(text, 0, text.rfind("}}") + 2)


def continued(template: str) -> dict[int, int]:
    """The lines (from 1) at which an action ends that was opened on another, with that line."""
    found: dict[int, int] = {}
    line, at = 1, 0
    for match in actions(template):
        line += template.count("\n", at, match.start())
        at = match.start()
        over = match[0].count("\n")
        if over and not _COMMENT.match(match[0]):
            found[line + over] = found.get(line, line)
    return found


def helpers_in(texts: Iterable[str]) -> Helpers:
    """The bodies of the named templates in some texts."""
    found: dict[str, str] = {}
    for text in texts:
        for match in _DEFINE.finditer(text):
            found[match[1]] = text[match.end() : _end_of(text, match.end())]
    return found


def _end_of(text: str, start: int) -> int:
    """Where the block ends that was opened before a place."""
    depth = 1
    for match in _OPENS.finditer(text, start):
        depth += -1 if match[1] == "end" else 1
        if not depth:
            return match.start()
    return len(text)


def _included(
    text: str, scope: Scope, helpers: Helpers, above: tuple[str, ...]
) -> Iterator[tuple[str, Scope]]:
    """The named templates that a text includes, each with what its dot stands for."""
    for name, given in _INCLUDE.findall(text):
        body = helpers.get(name)
        if body is None or name in above or len(above) >= _DEEPEST:
            continue
        whole = given in (".", "$") and not scope.dot
        dot = () if whole or given == "$" else next(taken(f" {given} ", scope), None)
        inner = without_variables(dot)
        yield body, inner
        yield from _included(body, inner, helpers, (*above, name))


class Meant(NamedTuple):
    """What a finding is about: a path of an object, a message, and what the chart made there.

    `made` are the nodes along the path, of which a value may hold one as it is.
    """

    path: str
    message: str
    made: tuple[YamlNode, ...] = ()


def set_at(tree: YamlNode, keys: Keys, meant: Meant) -> Span | None:
    """Where a value is set, as deep as the path of an object, or what is quoted, leads in it.

    None where it is not set there.
    """
    node: YamlNode | None = tree
    span = None
    for depth, key in enumerate(keys):
        if isinstance(node, Sequence):
            return _in_one_item(node, keys[depth:], meant)
        entry = node.entry(key) if isinstance(node, Mapping) else None
        if entry is None:
            return None
        node = entry.value
        span = entry.key.span if isinstance(node, (Mapping, Sequence)) else entry.span
    return _deeper(node, meant, _said(meant.message)) or _only_named(node, meant.message) or span


def _in_one_item(items: Sequence, keys: Keys, meant: Meant) -> Span | None:
    """Where a value of an item is set that a template goes through; None where any may be meant.

    Of several, it is the one with the value that the message speaks of.
    """
    told = [one for one in items.items if _value(one, keys) is not None]
    if len(told) > 1:
        said = _said(meant.message)
        values = ((one, _value(one, keys)) for one in told)
        told = [one for one, at in values if isinstance(at, Scalar) and _is_said(at, said)]
    return set_at(told[0], keys, meant) if len(told) == 1 else None


def _value(node: YamlNode | None, keys: Keys) -> YamlNode | None:
    """What stands under some keys."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def image_parts(tree: YamlNode, keys: Keys) -> tuple[tuple[str, Span], ...]:
    """The parts of an image that values hold under some keys, with their places; none elsewhere."""
    node = _value(tree, keys)
    if not isinstance(node, Mapping):
        return ()
    entries = ((name, node.entry(name)) for name in _IMAGE_PARTS)
    return tuple(
        (name, entry.span)
        for name, entry in entries
        if entry is not None and isinstance(entry.value, Scalar) and entry.value.text
    )


def _said(message: str) -> frozenset[str]:
    """What a message speaks of: its words, and the names that it quotes with their values."""
    quoted = _QUOTED.findall(message)
    names = (part for word in quoted for part in (word, *_WORD.findall(word)[:1]))
    return frozenset((*names, *(word.strip("`,:;") for word in message.split())))


def _deeper(node: YamlNode | None, meant: Meant, said: frozenset[str]) -> Span | None:
    segments = _SEGMENT.findall(meant.path)
    if isinstance(node, Sequence):
        named = [item for item in node.items if _is_quoted(item, said)]
        if len(named) != 1:
            named = [item for item in node.items if any(_is_alike(item, one) for one in meant.made)]
        return _within(named[0], segments) if len(named) == 1 else None
    ways = (_followed(node, segments[at:], meant, said) for at in range(len(segments)))
    depth, span = max(ways, key=lambda way: way[0], default=(0, None))
    return span if depth else _only_said(node, said)


def _within(item: YamlNode, segments: list[str]) -> Span:
    """The place of an item, of a mapping that of the key with which a path ends."""
    entry = item.entry(segments[-1]) if isinstance(item, Mapping) and segments else None
    return item.span if entry is None else entry.span


def _is_alike(item: YamlNode, made: YamlNode) -> bool:
    """Whether an item was made what it is; deeper than its own keys nobody looks."""
    if isinstance(item, Mapping) and isinstance(made, Mapping):
        return _flat(item) == _flat(made)
    return isinstance(item, Scalar) and isinstance(made, Scalar) and item.text == made.text


def _flat(node: Mapping) -> dict[str, str]:
    return {
        entry.key.text: entry.value.text if isinstance(entry.value, Scalar) else ""
        for entry in node.entries
    }


def _only_named(node: YamlNode | None, message: str) -> Span | None:
    """The one entry below a mapping whose key a message quotes: a variable, an engine's setting."""
    quoted = frozenset(_QUOTED.findall(message))
    found = [entry.span for entry in _entries(node) if entry.key.text in quoted]
    return found[0] if len(found) == 1 else None


def _entries(node: YamlNode | None) -> Iterator[Entry]:
    """The entries of a mapping, and of those in it."""
    pending = [node]
    for _ in range(_MOST_ENTRIES):
        if not pending:
            break
        inside = pending.pop()
        for entry in inside.entries if isinstance(inside, Mapping) else ():
            if isinstance(entry.value, Mapping):
                pending.append(entry.value)
            yield entry


def _only_said(node: YamlNode | None, said: frozenset[str]) -> Span | None:
    """The one entry below a mapping whose value a message speaks of; None where there are more."""
    found = [
        entry.span
        for entry in _entries(node)
        if isinstance(entry.value, Scalar) and _is_said(entry.value, said)
    ]
    return found[0] if len(found) == 1 else None


def _is_said(value: Scalar, said: frozenset[str]) -> bool:
    text = value.text
    telling = len(text) >= _SHORTEST or _FRACTION.fullmatch(text) is not None
    return telling and text in said


def _followed(
    node: YamlNode | None, segments: list[str], meant: Meant, said: frozenset[str]
) -> tuple[int, Span | None]:
    """How many segments lead on in a tree, and where to."""
    span = None
    for depth, segment in enumerate(segments):
        if isinstance(node, Sequence):
            return depth, _deeper(node, meant, said) or span
        entry = node.entry(segment) if isinstance(node, Mapping) else None
        if entry is None:
            return depth, span
        node = entry.value
        span = entry.key.span if isinstance(node, (Mapping, Sequence)) else entry.span
    return len(segments), span


def _is_quoted(item: YamlNode, said: frozenset[str]) -> bool:
    """Whether an item of a list is spoken of: a flag by its name, a mapping by its own."""
    if isinstance(item, Mapping):
        named = item.get("name")
        return isinstance(named, Scalar) and named.text in said
    if not isinstance(item, Scalar):
        return False
    name, _, value = item.text.partition("=")
    return name in said or (len(value) >= _SHORTEST and value in said)
