"""Values of compose files: what interpolation makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.reference import UNKNOWN_PART
from imagelint.documents.booleans import compose_word
from imagelint.documents.compose.interpolation import interpolated, variables_of, with_gaps
from imagelint.documents.quantity import parse_bytes
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor


def value(place: Cursor) -> Fact[str]:
    """The string at a place, numbers and truth values as they are written."""
    node = place.node
    if node is None:
        return ABSENT
    if not isinstance(node, Scalar):
        return UNKNOWN
    if node.value is None:
        return ABSENT
    fact = interpolated(node.text, variables_of(place))
    return Known(fact.value, node.span) if isinstance(fact, Known) else fact


def parts(place: Cursor) -> str:
    """The string at a place with `UNKNOWN_PART` for what is not known of it."""
    node = place.node
    return with_gaps(node.text, variables_of(place)) if isinstance(node, Scalar) else UNKNOWN_PART


def boolean(place: Cursor) -> Fact[bool]:
    """The truth value at a place, also as a variable or in quotes: compose casts both."""
    fact = value(place)
    if not isinstance(fact, Known):
        return fact
    truth = compose_word(fact.value)
    return UNKNOWN if truth is None else Known(truth, fact.span)


def word(place: Cursor) -> str:
    """The string at a place when it is known, else the empty string."""
    fact = value(place)
    return fact.value if isinstance(fact, Known) else ""


def size(place: Cursor) -> Fact[float]:
    """The byte size at a place, `64m` or a plain number of bytes."""
    fact = value(place)
    if not isinstance(fact, Known):
        return fact
    number = parse_bytes(fact.value)
    return UNKNOWN if number is None else Known(number, fact.span)


def is_set(place: Cursor) -> bool:
    """Whether anything but null is written there."""
    return place.exists and not place.null


def is_partial(service: Cursor) -> bool:
    """Whether the rest of a service stands where nobody has looked: it is never started so."""
    return is_set(service["extends"]) or not says_what_runs(service)


def says_what_runs(service: Cursor) -> bool:
    """Whether a service has an image, a build, or a program that provides it."""
    return any(is_set(service[key]) for key in ("image", "build", "provider"))


def is_collection(place: Cursor) -> bool:
    """Whether nothing, a mapping or a list is written there: all of it can be read."""
    return not is_set(place) or isinstance(place.node, (Mapping, Sequence))
