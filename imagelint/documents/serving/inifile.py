"""A file of sections, keys and values (INI) as a tree: a mapping of mappings."""

from __future__ import annotations

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar

_SECTION = pattern(r"\[([^\]\n]*)\]")
_ENTRY = pattern(r"([^=\s][^=\n]*?)[ \t]*=[ \t]*(.*)")
_COMMENTS = (";", "#")
WITHOUT_SECTION = ""
"""The section of the keys that stand above all others."""


def read_ini(text: str) -> Mapping | None:
    """The tree of a text; None where a line of it is none of such a file.

    Every section is there, in order, also one that is written twice: the keys of both count.
    """
    sections: dict[str, tuple[Scalar, list[Entry]]] = {}
    current: list[Entry] | None = None
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        bare = line.strip()
        if not bare or bare.startswith(_COMMENTS):
            continue
        begin = start + len(line) - len(line.lstrip())
        section = _SECTION.fullmatch(bare)
        if section is not None:
            name = _scalar(section[1], begin + 1)
            current = sections.setdefault(section[1], (name, []))[1]
            continue
        entry = _ENTRY.fullmatch(bare)
        if entry is None:
            return None
        if current is None:
            current = sections.setdefault(WITHOUT_SECTION, (_scalar("", begin), []))[1]
        key, value = _scalar(entry[1], begin), _scalar(entry[2], begin + entry.start(2))
        current.append(Entry(key, value))
    found = (Entry(name, _mapping(entries)) for name, entries in sections.values())
    return Mapping(Span(0, len(text)), tuple(found))


def _scalar(text: str, start: int) -> Scalar:
    return Scalar(Span(start, start + len(text)), text, text, plain=True)


def _mapping(entries: list[Entry]) -> Mapping:
    span = Span(entries[0].key.span.start, entries[-1].value.span.end) if entries else Span(0, 0)
    return Mapping(span, tuple(entries))
