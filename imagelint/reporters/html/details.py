"""What is told about a finding when its row is opened: its place, help, fix, reason and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence
from imagelint.reporters.html.tables import facts, text
from imagelint.reporters.suggestion import suggested_lines
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding, Location
    from imagelint.reporters.stream import Json

_TAB = "    "


def details(finding: Finding) -> tuple[Json, ...]:
    """The blocks about a finding."""
    return tuple(_blocks(finding))


def place(location: Location) -> str:
    """`file:line` and the logical path, as far as there are any."""
    line = f":{location.start.line}" if location.excerpt.lines else ""
    path = f" ({visible(location.path)})" if location.path else ""
    return f"{visible(location.origin)}{line}{path}"


def _blocks(finding: Finding) -> Iterator[Json]:
    yield from _excerpt(place(finding.location), finding.location)
    yield from text("What helps", _lines(finding.help))
    if finding.fix is not None:
        unsafe = "" if finding.fix.safe else " (may change behaviour)"
        yield from text("Fix", f"{visible(finding.fix.title)}{unsafe}")
        lines = "\n".join(_shown(line) for line in suggested_lines(finding))
        if lines:
            yield {"is": "code", "label": "Then it reads", "text": lines}
    yield {"is": "rule", "name": finding.rule}
    for note in finding.notes:
        if note.location is None:
            yield from text("Note", visible(note.message))
        else:
            yield from text(f"Note: {place(note.location)}", visible(note.message))
            yield from _excerpt("", note.location)
    yield from _parts(finding)
    likely = "likely, but not certain" if finding.confidence is Confidence.LIKELY else ""
    yield from facts(("About", visible(finding.subject)), ("Confidence", likely))


def _parts(finding: Finding) -> Iterator[Json]:
    if finding.parts:
        said = [f"{part.rule}: {visible(part.message)}" for part in finding.parts]
        yield {"is": "list", "label": "Told together with it", "items": said}


def _excerpt(label: str, location: Location) -> Iterator[Json]:
    """Each line as its number and what stands before, in and behind the place."""
    if not location.excerpt.lines:
        return
    lines: list[Json] = []
    for number, line in enumerate(location.excerpt.lines, location.excerpt.first_line):
        first, last = _marked(number, len(line), location)
        parts = (line[:first], line[first:last], line[last:])
        lines.append([number, *(_shown(part) for part in parts)])
    yield {"is": "excerpt", "label": label, "lines": lines}


def _marked(number: int, length: int, location: Location) -> tuple[int, int]:
    """What of a line belongs to the place, as half-open offsets."""
    start, end = location.start, location.end
    if not start.line <= number <= end.line:
        return length, length
    first = start.column - 1 if number == start.line else 0
    last = end.column - 1 if number == end.line else length
    return first, max(first, last)


def _shown(line: str) -> str:
    return visible(line.replace("\t", _TAB))


def _lines(said: str) -> str:
    return "\n".join(visible(line) for line in said.splitlines())
