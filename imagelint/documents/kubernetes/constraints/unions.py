"""Fields that exclude each other, and fields that must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.complaints import ConflictingFields, MissingField
from imagelint.documents.yaml.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor

HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
HOOK_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")
ENV_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")


def one_of(place: Cursor, keys: Iterable[str]) -> Iterator[Complaint]:
    """The second of some fields of which one alone may be there."""
    there = [place[key] for key in keys if is_there(place[key])]
    for other in there[1:2]:
        first, second = sorted((there[0], other), key=lambda one: one.key_span.start)
        message = f"`{first.key}` and `{second.key}` exclude each other"
        help_ = f"drop `{first.key}`, or `{second.key}`"
        yield ConflictingFields(second.key_span, second.path, message, help_)


def at_least_one(
    place: Cursor, keys: tuple[str, ...], what: str, example: str
) -> Iterator[Complaint]:
    """Why something is nothing without one of some fields."""
    if not any(place[key].exists for key in keys):
        yield missing(place, f"{what} has none of `{'`, `'.join(keys)}`", f"write `{example}`")


def missing(place: Cursor, message: str, help_: str) -> MissingField:
    """A complaint about what is not there."""
    return MissingField(place.key_span, place.path, message, help_)


def required(place: Cursor, key: str, what: str) -> Iterator[Complaint]:
    """Why something cannot be without a field."""
    if not is_filled(place[key]) and not place.templated:
        yield missing(place, f"{what} has no `{key}`", f"write its `{key}`")


def env_value(place: Cursor) -> Iterator[Complaint]:
    """Why a variable cannot have both a value and a source of one."""
    value, source = place["value"], place["valueFrom"]
    empty = isinstance(value.node, Scalar) and value.node.value == ""
    if is_there(value) and is_there(source) and not empty:
        yield from one_of(place, ("value", "valueFrom"))


def is_filled(place: Cursor) -> bool:
    """Whether something is there: neither null nor an empty word or list, which count as absent."""
    node = place.node
    if isinstance(node, Scalar):
        return node.value is not None and node.value != ""
    return node is not None and not (isinstance(node, Sequence) and not node.items)


def is_there(place: Cursor) -> bool:
    """Whether something is written that is not null."""
    return place.exists and not place.null


def article(title: str) -> str:
    """`a Probe`, `an EnvVar`."""
    return f"{'an' if title[0] in 'AEIO' else 'a'} {title}"
