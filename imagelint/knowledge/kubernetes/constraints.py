"""What the API server holds the parts of objects to, by their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.kubernetes.fields import CUSTOM
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Range(NamedTuple):
    """How large the whole number of a field may be; `most` is None where nothing bounds it."""

    field: str
    least: int
    most: int | None


class Word(NamedTuple):
    """How the word of a field is written, and what it names; that may be empty."""

    field: str
    form: str
    what: str


class Choice(NamedTuple):
    """Fields of which one alone may be there; one must, where there is an `example` of it."""

    fields: tuple[str, ...]
    example: str


class Constraints(NamedTuple):
    """What a type is held to."""

    required: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    words: tuple[Word, ...] = ()
    choices: tuple[Choice, ...] = ()

    def joined(self, other: Constraints) -> Constraints:
        """What both say."""
        return Constraints(
            self.required + other.required,
            self.ranges + other.ranges,
            self.words + other.words,
            self.choices + other.choices,
        )


def constraints_of(type_name: str) -> Constraints | None:
    """What parts of a type, such as `core.v1.Probe`, are held to; None where that is nothing."""
    if type_name.startswith(CUSTOM):
        from imagelint.knowledge.kubernetes.custom_resources import custom_type

        return Constraints(required=custom_type(type_name).required)
    return _by_type().get(type_name)


@looked_up
def _by_type() -> Mapping[str, Constraints]:
    found: dict[str, Constraints] = {}
    for name, more in _stated():
        known = found.get(name)
        found[name] = known.joined(more) if known else more
    return found


def _stated() -> Iterator[tuple[str, Constraints]]:
    """What each row says of each of its types."""
    rows = table("kubernetes/constraints")
    for row in rows["required"]:
        said = Constraints(required=tuple(row["fields"]))
        yield from ((name, said) for name in row["types"])
    for limits in rows["ranges"]:
        least, most = limits["least"], limits.get("most")
        said = Constraints(ranges=tuple(Range(field, least, most) for field in limits["fields"]))
        yield from ((name, said) for name in limits["types"])
    for form in rows["words"]:
        how, what = form["form"], form.get("what", "")
        said = Constraints(words=tuple(Word(field, how, what) for field in form["fields"]))
        yield from ((name, said) for name in form["types"])
    for choice in rows["choices"]:
        said = Constraints(choices=(Choice(tuple(choice["fields"]), choice.get("example", "")),))
        yield from ((name, said) for name in choice["types"])
