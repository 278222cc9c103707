"""All tables: how old each is, where it was read, and what stands in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import shipped, site_facts, table

if TYPE_CHECKING:
    from collections.abc import Iterator


class DatedTable(NamedTuple):
    """A table.

    `asof` is the day on which it was last compared with its `source`, as `YYYY-MM-DD`; it is to be
    compared again `stale_after` days later. A site's facts may have no day: they are never stale.
    """

    name: str
    asof: str
    stale_after: int
    source: str

    def is_stale(self, today: str) -> bool:
        """Whether it is to be compared again on a day, written as `YYYY-MM-DD`."""
        if not self.asof:
            return False
        age = date.fromisoformat(today) - date.fromisoformat(self.asof)
        return age.days > self.stale_after


class Entry(NamedTuple):
    """Something that a table says: `place` is its path there (`products[3].name`)."""

    table: str
    place: str
    text: str


def tables() -> tuple[DatedTable, ...]:
    """All tables by name, those of the policy behind ours."""
    ours = tuple(DatedTable(**row) for row in table("inventory")["tables"])
    own = (DatedTable(one.name, one.asof, one.stale_after, one.source) for one in site_facts())
    return (*ours, *own)


def search(word: str) -> Iterator[Entry]:
    """What the tables say that holds a word, in whatever case; operators are looked up whole."""
    lowered = word.lower()
    for name, data in _contents():
        for place, text in _leaves("", data):
            if lowered in text.lower() or lowered in place.lower():
                yield Entry(name, place, text)


def _contents() -> Iterator[tuple[str, object]]:
    """The tables by name, each with what stands in it, those of the policy first."""
    for one in site_facts():
        import json

        yield one.name, json.loads(one.entries)
    for row in table("inventory")["tables"]:
        if not row["name"].startswith("operators/"):
            yield row["name"], shipped(row["name"])
    yield "operators/index", shipped("operators/index")


def _leaves(place: str, data: object) -> Iterator[tuple[str, str]]:
    """The rows of a table: a mapping of plain values is one."""
    if isinstance(data, dict):
        if data and all(map(_is_plain, data.values())):
            yield place, ", ".join(f"{key}: {value}" for key, value in data.items())
            return
        for key, value in data.items():
            yield from _leaves(f"{place}.{key}" if place else str(key), value)
    elif isinstance(data, list) and not _is_plain(data):
        for at, value in enumerate(data):
            yield from _leaves(f"{place}[{at}]", value)
    else:
        yield place, ", ".join(map(str, data)) if isinstance(data, list) else str(data)


def _is_plain(value: object) -> bool:
    """Whether a value is one, or a list of some."""
    if isinstance(value, list):
        return not any(isinstance(one, dict | list) for one in value)
    return not isinstance(value, dict)
