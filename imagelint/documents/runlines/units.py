"""Units of systemd: the commands that they run as shell text, and containers of Podman.

https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.fragments import Fragment

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTION = pattern(r"\[([^\]]*)\][ \t\r]*")
_KEY = pattern(r"[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*=[ \t]*")
_COMMENT = pattern(r"[ \t]*[#;].*")
_PREFIX = pattern(r"[-@:+!|]*")
_SPECIFIER = pattern(r"%(%|[A-Za-z])")
_ASSIGNMENT = pattern(
    r"\"(?P<double>[A-Za-z_]\w*=[^\"]*)\"|'(?P<single>[A-Za-z_]\w*=[^']*)'"
    r"|(?P<plain>[A-Za-z_]\w*=[^\s\"']*)"
)
_UNKNOWN = "${_}"
_STARTS = frozenset({"ExecStart", "ExecStartPre", "ExecStartPost"})


QUADLETS = ("container", "pod", "build", "image")
"""The endings of the units of Podman that are read by their keys."""
DROP_IN = pattern(r"(?:.*/)?[^/]*\.(service|container|kube|pod|build|image)\.d/[^/]+\.conf")
"""A file that says more of a unit, by its path in lower case.

https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Description
"""


def unit_ending(origin: str) -> tuple[str, bool]:
    """What a unit is by the ending of its name, and whether the text is only a drop-in of it."""
    low = origin.lower()
    found = DROP_IN.fullmatch(low)
    return (found[1], True) if found else (low.rpartition(".")[2], False)


class UnitSetting(NamedTuple):
    """A setting of a unit: its section, its name, and its value, with continuations as blanks."""

    section: str
    name: str
    name_span: Span
    value: str
    start: int


def settings(text: str) -> Iterator[UnitSetting]:
    """The settings in source order."""
    section = ""
    at = 0
    while at < len(text):
        end = _line_end(text, at)
        line = text[at:end]
        if match := _SECTION.fullmatch(line):
            section = match[1]
        elif not _COMMENT.fullmatch(line) and (match := _KEY.match(text, at)):
            end = _continued(text, at)
            name_span = Span(match.start(1), match.end(1))
            value = text[match.end() : end]
            joined = _joined(value)
            yield UnitSetting(section, match[1], name_span, joined.rstrip(), match.end())
        at = end + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _continued(text: str, at: int) -> int:
    """The end of a line with those by which it is continued; comments among them end nothing."""
    end = _line_end(text, at)
    while end < len(text) and text[at:end].rstrip("\r").endswith("\\"):
        at = end + 1
        end = _line_end(text, at)
        while end < len(text) and _COMMENT.fullmatch(text[at:end]):
            at = end + 1
            end = _line_end(text, at)
    return end


def _joined(value: str) -> str:
    """The value with blanks for continuations and comments, as long as it was."""
    if "\\\n" not in value and "\\\r\n" not in value:
        return value
    lines = value.split("\n")
    found: list[str] = []
    for number, line in enumerate(lines):
        if number and _COMMENT.fullmatch(line):
            found.append(" " * len(line))
        else:
            bare = line.rstrip("\r")
            ended = bare.endswith("\\") and number < len(lines) - 1
            found.append(bare[:-1] + " " * (len(line) - len(bare) + 1) if ended else line)
    return " ".join(found)


def unit_variables(text: str) -> Iterator[tuple[str, str, Span]]:
    """The variables that a unit sets for its commands, each with where its value stands."""
    for one in settings(text):
        if one.section != "Service" or one.name != "Environment":
            continue
        for match in _ASSIGNMENT.finditer(one.value):
            group = str(match.lastgroup)
            name, _, value = match[group].partition("=")
            start = one.start + match.start(group) + len(name) + 1
            yield name, value, Span(start, start + len(value))


def fragments(text: str) -> Iterator[Fragment]:
    """What a unit runs when it starts."""
    found = tuple(settings(text))
    variables: dict[str, Fact[str]] = {}
    for name, value, _ in unit_variables(text):
        if "%" not in value:
            variables[name] = Known(value)
    for one in found:
        if one.section == "Service" and one.name in _STARTS:
            prefix = _PREFIX.match(one.value)
            skipped = prefix.end() if prefix else 0
            mapped = MappedText.verbatim(one.value[skipped:], one.start + skipped)
            yield Fragment(without_specifiers(mapped), "sh", variables)


def without_specifiers(mapped: MappedText) -> MappedText:
    """The text with an unknown variable for each `%i`, and `%` for `%%`."""
    found = _SPECIFIER.finditer(mapped.text)
    return mapped.replaced((*match.span(), "%" if match[1] == "%" else _UNKNOWN) for match in found)
