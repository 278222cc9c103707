"""What the table of constraints says of the parts of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.complaints import InvalidValue
from imagelint.documents.kubernetes.constraints import forms, unions
from imagelint.knowledge.kubernetes.constraints import constraints_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.knowledge.kubernetes.constraints import Constraints, Range
    from imagelint.knowledge.kubernetes.fields import ObjectType


def tabled(place: Cursor, owner: ObjectType, *, whole: bool) -> Iterator[Complaint]:
    """What a part of an object of a type is not as the table says; `whole` parts lack nothing."""
    held = constraints_of(owner.name)
    if held is None:
        return
    if whole:
        yield from _lacking(place, owner, held)
    for bounds in held.ranges:
        yield from in_range(place[bounds.field], bounds)
    for word in held.words:
        yield from forms.FORMS[word.form](place[word.field], word.what)
    for choice in held.choices:
        yield from unions.one_of(place, choice.fields)


def _lacking(place: Cursor, owner: ObjectType, held: Constraints) -> Iterator[Complaint]:
    for field in held.required:
        yield from unions.required(place, field, unions.article(owner.title))
    for choice in held.choices:
        if choice.example:
            what = unions.article(owner.title) if place.key.startswith("[") else f"`{place.key}`"
            yield from unions.at_least_one(place, choice.fields, what, choice.example)


def in_range(place: Cursor, bounds: Range) -> Iterator[Complaint]:
    """Why a whole number is too small, or too large."""
    number = place.integer()
    if not isinstance(number, Known):
        return
    if number.value < bounds.least:
        yield out_of_range(place, f"at least {bounds.least}", f"write `{bounds.least}` or more")
    elif bounds.most is not None and number.value > bounds.most:
        yield out_of_range(place, f"at most {bounds.most}", f"write `{bounds.most}` or less")


def out_of_range(place: Cursor, wanted: str, help_: str) -> InvalidValue:
    """A complaint about a number that is not as wanted."""
    message = f"`{place.key}` has to be {wanted}"
    return InvalidValue(place.span, place.path, message, help_)
