"""Whether a custom resource conforms to the structural schema of its definition.

Told is only what the API server certainly refuses, or drops without a word; patterns, formats and
expressions of CEL are not evaluated.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from imagelint.core.nearest import nearest
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.constraints.types import is_sealing
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.definitions import Schema
    from imagelint.documents.yaml.cursor import Cursor

# What every object has, whatever its schema says.
_OF_OBJECTS = frozenset({"apiVersion", "kind", "metadata"})
_LOOSE = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_EITHER = "x-kubernetes-int-or-string"
_TITLES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
# Words that are truth values to Kubernetes and strings to YAML 1.2: what they are is left open.
_OPEN_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
_MOST = 20
_LONGEST_NUMBER = 1000  # bits
_SHOWN = 10
"""Words that are allowed and shown."""


class Violation(NamedTuple):
    """What a schema refuses: the place, what is wrong there, and what to write instead.

    What is `lacking` may be filled in by a webhook before it is validated.
    """

    span: Span
    path: str
    message: str
    help: str
    lacking: bool = False


def violations(body: Cursor, schema: Schema, *, loose: bool) -> tuple[Violation, ...]:
    """What a schema refuses of an object, in order; at most a score."""
    found: list[Violation] = []
    pending: list[tuple[Cursor, Schema, bool]] = [(body, schema, True)]
    while pending and len(found) < _MOST:
        place, asked, whole = pending.pop()
        node = place.node
        if node is None or place.templated or (place.null and asked.get("nullable") is True):
            continue
        if place.null:
            continue  # the API server drops it where it is not allowed
        told = _wrong_type(place, asked)
        if isinstance(node, Mapping):
            told = chain(told, _fields(place, asked, whole=whole, loose=loose))
            pending += _inner(place, asked)
        elif isinstance(node, Sequence):
            told = chain(told, _amount(place, asked, len(node.items), "Items"))
            items = asked.get("items")
            if isinstance(items, dict):
                pending += [(one, items, items.get(_EMBEDDED) is True) for one in place.items()]
        elif isinstance(node, Scalar):
            told = chain(told, _value(place, node, asked))
        found += islice(told, _MOST - len(found))  # each may look for what was meant among many
    return tuple(sorted(found))


def _inner(place: Cursor, asked: Schema) -> Iterator[tuple[Cursor, Schema, bool]]:
    properties = asked.get("properties")
    others = asked.get("additionalProperties")
    for name, inner in place.entries():
        schema = properties.get(name, others) if isinstance(properties, dict) else others
        if isinstance(schema, dict) and not (name == "metadata" and _is_object(place)):
            yield inner, schema, schema.get(_EMBEDDED) is True


def _is_object(place: Cursor) -> bool:
    return place["apiVersion"].exists


def _fields(place: Cursor, asked: Schema, *, whole: bool, loose: bool) -> Iterator[Violation]:
    properties = asked.get("properties")
    listed = list(properties) if isinstance(properties, dict) else []
    names = {name for name in listed if isinstance(name, str)}
    # `on`, `1`: YAML 1.1 takes such a key for no string, in the schema and in the object.
    closed = bool(names) and len(names) == len(listed)
    closed = closed and not asked.get("additionalProperties") and not asked.get(_LOOSE)
    for name, inner in place.entries():
        known = name in names or (whole and name in _OF_OBJECTS) or "{{" in name
        known = known or name.startswith("$") or is_sealing(name, inner)  # `$patch: delete`
        if closed and not loose and not known and not inner.null:
            like = nearest(name, sorted(names))
            help_ = (
                f"did you mean `{like}`?" if like else "leave it out, or write it where it belongs"
            )
            yield _at(inner.key_span, inner.path, f"its schema has no field `{name}` there", help_)
    required = asked.get("required")
    needed = required if isinstance(required, list) else []
    for name in (one for one in needed if isinstance(one, str)):
        filled = whole and name in _OF_OBJECTS  # or by a default, before anything is validated
        if not place[name].exists and not (filled or _has_default(properties, name)):
            message = f"`{name}` is missing, which its schema requires"
            yield Violation(place.key_span, place.path, message, f"add `{name}`", lacking=True)


def _has_default(properties: object, name: object) -> bool:
    schema = properties.get(name) if isinstance(properties, dict) else None
    return isinstance(schema, dict) and "default" in schema


def _wrong_type(place: Cursor, asked: Schema) -> Iterator[Violation]:
    wanted = asked.get("type")
    if asked.get(_EITHER) is True or not isinstance(wanted, str) or wanted not in _TITLES:
        return
    node = place.node
    if not _FITS[wanted](node) and not (isinstance(node, Scalar) and _is_open(node)):
        title = _TITLES[wanted]
        yield _at(place.span, place.path, f"`{place.key}` is not {title}", f"write {title}")


def _is_open(node: Scalar) -> bool:
    return node.plain and node.text.lower() in _OPEN_WORDS


def _is_whole(node: object) -> bool:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(node: object) -> bool:
    value = node.value if isinstance(node, Scalar) else None
    return isinstance(value, int | float) and not isinstance(value, bool)


_FITS: dict[str, Callable[[object], bool]] = {
    "object": lambda node: isinstance(node, Mapping),
    "array": lambda node: isinstance(node, Sequence),
    "string": lambda node: isinstance(node, Scalar) and isinstance(node.value, str),
    "boolean": lambda node: isinstance(node, Scalar) and isinstance(node.value, bool),
    "integer": _is_whole,
    "number": _is_number,
}


def _value(place: Cursor, node: Scalar, asked: Schema) -> Iterator[Violation]:
    allowed = asked.get("enum")
    value = node.value
    if isinstance(allowed, list) and value not in allowed and not _is_open(node):
        words = ", ".join(f"`{word}`" for word in allowed[:_SHOWN])
        if len(allowed) > _SHOWN:
            words += ", …"
        message = f"`{place.key}` cannot be `{node.text}`"
        yield _at(place.span, place.path, message, f"write one of {words}")
    if isinstance(value, str):
        yield from _amount(place, asked, len(value), "Length")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounded(place, value, (asked.get("minimum"), asked.get("maximum")), "")


def _amount(place: Cursor, asked: Schema, size: int, what: str) -> Iterator[Violation]:
    unit = {"Items": " items", "Length": " characters"}[what]
    yield from _bounded(place, size, (asked.get(f"min{what}"), asked.get(f"max{what}")), unit)


def _bounded(
    place: Cursor, value: float, limits: tuple[object, object], unit: str
) -> Iterator[Violation]:
    for limit, word in zip(limits, ("least", "most"), strict=True):
        if not isinstance(limit, int | float) or isinstance(limit, bool):
            continue
        if isinstance(limit, int) and limit.bit_length() > _LONGEST_NUMBER:
            continue  # no definition that the API server took: limits are doubles
        if value < limit if word == "least" else value > limit:
            amount = f"{limit:g}" if isinstance(limit, float) else str(limit)
            message = f"`{place.key}` has to be at {word} {amount}{unit}"
            yield _at(place.span, place.path, message, f"write at {word} {amount}{unit}")


def _at(span: Span, path: str, message: str, help_: str) -> Violation:
    return Violation(span, path, message, help_)
