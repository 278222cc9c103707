"""What may be written where in a policy, from its schema."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.policy.schema import policy_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.schemas.definitions import Schema

_KEY = re.compile(r"(?P<indent> *)(?P<dash>(?:- +)*)(?P<key>[\w.-]+) *:(?: |$)")
_START = re.compile(r"(?P<indent> *)(?P<dash>(?:- *)*)")


class Choice(NamedTuple):
    """Something that may be written: a key, or a value; `meaning` is what the schema says."""

    word: str
    meaning: str
    is_key: bool


def choices(lines: list[str], line: int, column: int) -> tuple[Choice, ...]:
    """What may stand at a place of a policy; lines and columns count from 0."""
    before = lines[line][:column]
    match = _KEY.match(before)
    if match is not None:
        path = (*_path(lines, line, len(match["indent"]) + len(match["dash"])), match["key"])
        return tuple(_values(_below(path)))
    indent = _START.match(before)
    depth = len(indent[0]) if indent else 0
    schema = _below(_path(lines, line, depth))
    begins = bool(indent and indent["dash"])
    if begins or _goes_on(lines, line, depth):
        schema = [inner for one in schema for inner in _resolved(one.get("items"))]
    return (*_keys(schema), *(_values(schema) if begins else ()))


def meaning(lines: list[str], line: int, column: int) -> str:
    """What the schema says of the key at a place; empty where there is none."""
    match = _KEY.match(lines[line])
    if match is None or not match.start("key") <= column <= match.end("key"):
        return ""
    path = (*_path(lines, line, len(match["indent"]) + len(match["dash"])), match["key"])
    return next((told for one in _below(path) if (told := str(one.get("description", "")))), "")


def _goes_on(lines: list[str], line: int, depth: int) -> bool:
    """Whether a line that is indented so far belongs to an item that began above it."""
    for text in reversed(lines[:line]):
        match = _KEY.match(text)
        own = len(match["indent"]) + len(match["dash"]) if match is not None else depth
        if own < depth or (match is not None and own == depth and match["dash"]):
            return own == depth
    return False


def _path(lines: list[str], line: int, depth: int) -> tuple[str, ...]:
    """The keys under which a line stands that is indented so far."""
    keys: list[str] = []
    for text in reversed(lines[:line]):
        match = _KEY.match(text)
        if match is not None and (own := len(match["indent"]) + len(match["dash"])) < depth:
            keys.append(match["key"])
            depth = len(match["indent"]) if match["dash"] else own
    return tuple(reversed(keys))


def _below(path: tuple[str, ...]) -> list[Schema]:
    """The schemas of what stands under some keys; items of lists as the lists themselves."""
    found = [_schema()]
    for key in path:
        inner: list[Schema] = []
        for one in found:
            for holder in (one, *_resolved(one.get("items"))):
                properties = holder.get("properties")
                if isinstance(properties, dict):
                    inner += _resolved(properties.get(key))
        found = inner
    return found


def _resolved(schema: object) -> list[Schema]:
    """A schema and all that it may be instead."""
    if not isinstance(schema, dict):
        return []
    found = [schema]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        found += _resolved(_schema()["$defs"][reference.rpartition("/")[2]])
    for one in schema.get("anyOf", ()):
        found += _resolved(one)
    return found


def _keys(schemas: list[Schema]) -> Iterator[Choice]:
    seen: set[str] = set()
    for schema in schemas:
        properties = schema.get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            if name not in seen and not inner.get("deprecated"):
                seen.add(name)
                yield Choice(name, str(inner.get("description", "")), is_key=True)


def _values(schemas: list[Schema]) -> Iterator[Choice]:
    for schema in schemas:
        told = str(schema.get("description", ""))
        if schema.get("type") == "boolean":
            yield from (Choice(word, told, is_key=False) for word in ("true", "false"))
        for word in schema.get("enum", ()):
            yield Choice(str(word), told, is_key=False)


@cache
def _schema() -> Schema:
    return policy_schema()
