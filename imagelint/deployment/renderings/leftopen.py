"""Fields of what a chart makes that are empty because a value waits for whoever installs it.

People write such values as `capacity:`, `bucketName: null`, `host: ""` or `ports: []`. What the
chart makes without them is refused, and meant to be: it says nothing of what is installed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.complaints import MissingField
from imagelint.documents.parts import part_at
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.parts import TextPart
    from imagelint.documents.yaml.nodes import YamlNode

# What stands in the place of a value that is not there yet.
OPEN = "{{ open }}"
# Fields of which more is read than whether they are there, and what is left of them without values.
# A name behind which only the tag is missing is a mistake: charts fall back to a version there.
_READ = {"image": pattern(r"(?::.*)?"), "ports": pattern("")}
_SAID = pattern(r"`([^`\s]+)`")
_NAME = pattern(r"\.([A-Za-z_]\w*)", re.ASCII)


def open_values(trees: Iterable[YamlNode]) -> frozenset[str]:
    """The names of the values of some trees that are empty."""
    found: set[str] = set()
    nodes = list(trees)
    while nodes:
        node = nodes.pop()
        if isinstance(node, Sequence):
            nodes += node.items
        elif isinstance(node, Mapping):
            for entry in node.entries:
                if _is_empty(entry.value) or _has_nothing(entry.value):
                    found.add(entry.key.text)
                nodes.append(entry.value)
    return frozenset(found)


def may_be_open(key: str, value: Scalar) -> bool:
    """Whether a field may be empty, in whole or in part, for want of a value."""
    rest = _READ.get(key)
    return rest is not None and bool(rest.fullmatch(value.text))


def names_open(line: str, names: frozenset[str]) -> bool:
    """Whether a line of a template takes one of some values by its name."""
    return not names.isdisjoint(_NAME.findall(line))


def without_open(
    complaints: Iterable[Complaint],
    obj: KubernetesObject,
    names: frozenset[str],
    parts: tuple[TextPart, ...],
) -> Iterator[Complaint]:
    """The complaints about an object that whoever sets the values of some `names` still has."""
    fields: list[tuple[str, str]] | None = None
    for one in complaints:
        if names and type(one) is MissingField:
            if fields is None:
                fields = list(_open_fields(obj, names, parts))
            said = {word.rpartition(".")[2] for word in _SAID.findall(one.message)}
            if any(key in said and _is_below(path, one.subject) for path, key in fields):
                continue
        yield one


def _open_fields(
    obj: KubernetesObject, names: frozenset[str], parts: tuple[TextPart, ...]
) -> Iterator[tuple[str, str]]:
    """The empty fields whose lines in the template take one of some values: path and key."""
    places = [obj.body]
    while places:
        place = places.pop()
        places += place.items()
        for key, value in place.entries():
            if value.node is not None and _is_empty(value.node):
                if names_open(template_line(value.key_span, parts), names):
                    yield place.path, key
            elif not isinstance(value.node, Scalar):
                places.append(value)


def template_line(span: Span, parts: tuple[TextPart, ...]) -> str:
    """The line of a key, and an action that makes its value in the next one: `{{- range … }}`."""
    part = part_at(parts, span.start)
    text, at = part.source.text, max(0, part.local(span).start)
    start = text.rfind("\n", 0, at) + 1
    own, _, rest = text[start:].partition("\n")
    below = rest.partition("\n")[0]
    return own + below if below.lstrip().startswith("{{") else own


def _is_below(path: str, other: str) -> bool:
    return path == other or path.startswith((f"{other}.", f"{other}["))


def _has_nothing(node: YamlNode) -> bool:
    if isinstance(node, Sequence):
        return not node.items
    return isinstance(node, Mapping) and not node.entries


def _is_empty(node: YamlNode) -> bool:
    return isinstance(node, Scalar) and (node.value is None or node.value == "")
