"""Variables of a service and arguments of its build, as mapping or as list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.compose.interpolation import expressions, interpolated, variables_of
from imagelint.documents.compose.values import is_collection, is_partial, is_set, value
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.documents.yaml.text import contiguous

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

# A variable without a value gets the one that it has where compose runs.
_HOST = "host"


def read_env(service: Cursor) -> tuple[tuple[EnvVar, ...], bool]:
    """The variables in source order, and whether these are all that are set."""
    found = read_settings(service["environment"], EnvOrigin.COMPOSE)
    return found, not is_set(service["env_file"]) and is_all_read(service)


def is_all_read(service: Cursor) -> bool:
    """Whether the variables of a service are all that are set, but for those of files."""
    return is_whole(service["environment"]) and not is_partial(service)


def is_whole(place: Cursor) -> bool:
    """Whether all settings at a place can be read."""
    count = len(read_settings(place, EnvOrigin.COMPOSE))
    return count == len(place.entries()) + len(place.items()) and is_collection(place)


def environment_files(service: Cursor) -> tuple[str | None, ...]:
    """The paths of the files whose variables a service gets; None for one that is not known.

    https://github.com/compose-spec/compose-spec/blob/main/05-services.md#env_file
    """
    place = service["env_file"]
    if not is_set(place):
        return ()
    listed = place.items() if isinstance(place.node, Sequence) else (place,)
    named = (one["path"] if isinstance(one.node, Mapping) else one for one in listed)
    facts = (value(one) for one in named)
    return tuple(fact.value if isinstance(fact, Known) else None for fact in facts)


def read_settings(place: Cursor, origin: EnvOrigin) -> tuple[EnvVar, ...]:
    """What a mapping of names to values, or a list of `NAME=value`, sets."""
    if isinstance(place.node, Mapping):
        return tuple(_from_entry(name, entry, origin) for name, entry in place.entries())
    found = (_from_item(item, origin) for item in place.items())
    return tuple(variable for variable in found if variable is not None)


def _from_entry(name: str, entry: Cursor, origin: EnvOrigin) -> EnvVar:
    fact = value(entry)
    unset = fact is ABSENT
    span = Span(entry.key_span.start, max(entry.key_span.end, entry.span.end))
    return EnvVar(
        span=span,
        name=name,
        value=UNKNOWN if unset else fact,
        origin=origin,
        name_span=entry.key_span,
        value_span=span if unset else entry.span,
        reference=_HOST if unset else "",
        path=entry.path,
    )


def _from_item(item: Cursor, origin: EnvOrigin) -> EnvVar | None:
    scalar = item.node
    if not isinstance(scalar, Scalar) or scalar.value is None:
        return None
    text = scalar.text
    split = _equals(text)
    name, equals, written = text[:split], text[split : split + 1], text[split + 1 :]
    variables = variables_of(item)
    known = interpolated(name, variables)
    if not isinstance(known, Known) or not known.value:
        return None
    span = contiguous(scalar)
    name_span = value_span = scalar.span
    if span is not None:
        name_span = Span(span.start, span.start + len(name))
        value_span = Span(name_span.end + len(equals), span.end) if equals else scalar.span
    fact: Fact[str] = interpolated(written, variables) if equals else UNKNOWN
    if isinstance(fact, Known):
        fact = Known(fact.value, value_span)
    reference = "" if equals else _HOST
    return EnvVar(
        span=scalar.span,
        name=known.value,
        value=fact,
        origin=origin,
        name_span=name_span,
        value_span=value_span,
        reference=reference,
        path=item.path,
    )


def _equals(text: str) -> int:
    """Where the first `=` stands that is no part of a variable; the end where there is none."""
    at = text.find("=")
    if "$" not in text[: max(at, 0)]:
        return at if at >= 0 else len(text)
    for expression in expressions(text):
        if expression.start > at:
            break
        if at < expression.end:
            at = text.find("=", expression.end)
    return at if at >= 0 else len(text)
