"""JSON in chunks: sorted keys, long lists one item a line, no report is held as one text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"


class Items(NamedTuple):
    """A list that may be long: its items are made one at a time."""

    values: Iterable[Json]


class Lines(NamedTuple):
    """A list of what was dumped before: its items are texts of JSON."""

    values: Iterable[str]


def dump(value: Json) -> str:
    """A value on one line: sorted keys, ASCII only, so that every terminal and file takes it.

    `##[` starts a command of the GitHub runner wherever it stands in a line of a log. It can only
    stand in a text, where the escape of `#` is the same.
    """
    written = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return written.replace("##[", "\\u0023#[") if "##[" in written else written


def chunks(members: Mapping[str, Json | Items | Lines], indent: str = "") -> Iterator[str]:
    """An object with each member on a line of its own."""
    between = "{\n"
    for name, value in sorted(members.items()):
        yield f"{between}{indent}  {dump(name)}: "
        if isinstance(value, Items):
            yield from _list(map(dump, value.values), f"{indent}  ")
        elif isinstance(value, Lines):
            yield from _list(value.values, f"{indent}  ")
        else:
            yield dump(value)
        between = ",\n"
    yield f"\n{indent}}}"


def _list(items: Iterable[str], indent: str) -> Iterator[str]:
    between = "[\n"
    for item in items:
        yield f"{between}{indent}  {item}"
        between = ",\n"
    yield "[]" if between == "[\n" else f"\n{indent}]"
