"""Marks in templates, by which each rendered line tells of which line it was made.

A template is rendered twice: as it is, and with a mark at the end of every line that has text of
its own. Where the second comes to the first without its marks, they tell the places exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARK = pattern(r"#@([0-9]+):([0-9]+)@")
# An action with what it quotes, whole: https://pkg.go.dev/text/template#hdr-Text_and_spaces
# Nothing is tried in two ways: whoever wrote the template may want that to take for ever.
_ACTION = pattern(
    r"\{\{(?:-?\s*+/\*(?:[^*]|\*(?!/))*+\*/\s*+-?"
    r"|(?:\"(?:\\.|[^\"\\\n])*+\"|`[^`]*+`|'(?:\\.|[^'\\\n])*+'|(?!\}\})[\s\S])*+)\}\}"
)
_KEYED = pattern(r"[ -]*[^\s:#-][^\s:]*:(?=\s)")
_FURTHEST = 50


class Mark(NamedTuple):
    """Of which file, by its number, and which line in it (from 1)."""

    file: int
    line: int


def _without_actions(text: str) -> str:
    """A template without its actions: of each the ends of lines are left, as other characters.

    Behind one that nobody closes there is none: a template with such a one is refused.
    """
    left: list[str] = []
    at = 0
    while (start := text.find("{{", at)) >= 0 and (found := _ACTION.match(text, start)):
        left += text[at:start], "\0" * found[0].count("\n")
        at = found.end()
    return "".join((*left, text[at:]))


class TemplateLines(NamedTuple):
    """The lines of a template, and which have text of their own.

    A line at whose end an action is open goes on in the next: `begun` are the numbers (from 1) at
    which those begin that end at a line; `own` is what is written in them beside actions.
    """

    lines: tuple[str, ...]
    begun: dict[int, int]
    own: dict[int, str]

    @classmethod
    def of(cls, text: str) -> TemplateLines:
        """Those of a text."""
        lines = tuple(text.split("\n"))
        left = _without_actions(text).split("\n")
        begun: dict[int, int] = {}
        own: dict[int, str] = {}
        number = 0
        for one in left:
            over = one.count("\0")
            number += 1 + over
            begun[number] = number - over
            own[number] = one.replace("\0", "").strip()
        return cls(lines, begun, own)

    def takes_mark(self, number: int) -> bool:
        """Whether a mark can stand at the end of a line."""
        own = self.own.get(number)
        return bool(own) and own != "---" and not self.line(number).rstrip().endswith("-}}")

    def line(self, number: int) -> str:
        """A line by its number."""
        return self.lines[number - 1]

    def before_action(self, number: int) -> str:
        """What stands before the first action of the line that ends at a number."""
        first = self.line(self.begun.get(number, number))
        return first.partition("{{")[0].strip() if "{{" in first else ""


def marked(text: str, file: int) -> str:
    """A template with marks behind its lines."""
    template = TemplateLines.of(text)
    return "\n".join(
        f"{line}#@{file}:{number}@" if template.takes_mark(number) else line
        for number, line in enumerate(template.lines, 1)
    )


def places(plain: str, with_marks: str) -> tuple[Mark | None, ...]:
    """The mark of each line of a text, by the same text with marks.

    Where the two differ (what was measured, cut or hashed has marks in it, what is random comes
    out anew) only lines count that are the same in order, or have the same key at the same place.
    """
    found: list[Mark | None] = []
    marks = iter(_unmarked(with_marks))
    rest = list(marks)
    at = 0
    for line in plain.split("\n"):
        ahead = rest[at : at + _FURTHEST]
        skipped = next((n for n, (text, _) in enumerate(ahead) if text == line), None)
        if skipped != 0 and ahead and _keyed_alike(line, ahead[0][0]):
            skipped = 0
        if skipped is None:
            found.append(None)
            continue
        at += skipped
        found.append(rest[at][1])
        at += 1
    return tuple(found)


def _keyed_alike(line: str, other: str) -> bool:
    key, same = _KEYED.match(line), _KEYED.match(other)
    return key is not None and same is not None and key[0] == same[0]


def _unmarked(text: str) -> Iterator[tuple[str, Mark | None]]:
    for line in text.split("\n"):
        mark = None
        for match in _MARK.finditer(line):
            mark = Mark(int(match[1]), int(match[2]))
        yield _MARK.sub("", line), mark


def filled(
    marks: Sequence[Mark | None], texts: Sequence[TemplateLines], made: str
) -> list[Mark | None]:
    """The marks with those of lines that an action made: it stands behind the last marked line.

    Several lines that one line makes (`resources: {{ toYaml . | nindent 2 }}`) have its mark at the
    end of their last: those from its own text on are told by that. `made` is what was rendered.
    """
    result = list(marks)
    lines = made.split("\n")
    last: Mark | None = None
    start = 0
    for number, mark in enumerate((*marks, None)):
        if mark is None and number < len(marks):
            continue
        begun = number if mark is None else _begun(lines[start : number + 1], texts, mark) + start
        result[start:begun] = [last and _next_action(last, texts)] * (begun - start)
        result[begun:number] = [mark] * (number - begun)
        last, start = mark, number + 1
    return result


def _begun(lines: Sequence[str], texts: Sequence[TemplateLines], mark: Mark) -> int:
    """At which of some lines what a template's line makes begins; its mark is at the last of them.

    Its own text stands at the first.
    """
    own = texts[mark.file].before_action(mark.line)
    last = len(lines) - 1
    if not own or lines[-1].strip().startswith(own):
        return last
    return next((at for at, line in enumerate(lines) if line.strip().startswith(own)), last)


def _next_action(mark: Mark, texts: Sequence[TemplateLines]) -> Mark:
    template = texts[mark.file]
    for number in range(mark.line + 1, min(len(template.lines), mark.line + _FURTHEST) + 1):
        line = template.line(number)
        if template.takes_mark(number):
            break
        if "{{" in line and not _CONTROL.search(line):
            return Mark(mark.file, number)
    return mark


_CONTROL = pattern(r"\{\{-?\s*(?:if|else|end|range|with|define|block|/\*|\$\w+\s*:?=)")
