"""Blocks of the text report: one finding, one group of findings, one problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence
from imagelint.core.pattern import pattern
from imagelint.reporters.excerpt import ExcerptFrame, draw
from imagelint.reporters.paint import colored, plain
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding, Location, Note
    from imagelint.core.report import Problem
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.grouping import Group, Repeated
    from imagelint.reporters.paint import Paint

# Where else the same is said, before it is only counted.
_MOST_PLACES = 10
_SENTENCE_END = pattern(r"(?<=[.!?])\s+(?=[A-Z`\"'(])")


class BlockWriter:
    """Writes blocks; remembers which rules it has explained, so that each is explained once."""

    def __init__(self, context: ReportContext) -> None:
        self.paint: Paint = colored if context.color else plain
        self._context = context
        self._explained: set[str] = set()

    def finding(self, finding: Finding) -> Iterator[str]:
        """One finding with its place and all that is said about it."""
        gutter = _gutter((finding.location, *(n.location for n in finding.notes)))
        severity = str(finding.severity)
        yield self._title(severity, finding.rule, finding.message)
        yield from self._place(finding.location, gutter, "^", severity)
        yield from self._remarks(finding, gutter)
        for note in finding.notes:
            if note.location is not None:
                yield from self._located_note(note, note.location, gutter)

    def group(self, group: Group) -> Iterator[str]:
        """A table of findings of one rule about one origin, by what they concern."""
        from imagelint.reporters.vulnerabilitytable import table, tabular

        first = group.findings[0]
        worst = str(max(finding.severity for finding in group.findings))
        subjects = group.by_subject()
        count = f"{len(group.findings)} findings about {len(subjects)} subjects"
        yield self._title(
            worst, first.rule, count if len(subjects) > 1 else f"{len(group.findings)} findings"
        )
        yield f"{self.paint('gutter', ' -->')} {visible(first.location.origin)}"
        bar = self.paint("gutter", "  |")
        yield bar
        if tabular(group.findings):
            yield from (f"{bar} {line}" for line in table(group.findings, self.paint))
        else:
            for subject, findings in subjects:
                yield f"{bar} {self.paint('strong', visible(subject))}"
                yield from self._rows(findings)
        yield bar
        yield from self._why(first.rule, 1)

    def repeated(self, repeated: Repeated) -> Iterator[str]:
        """The first of the findings that say the same, and where the others are."""
        first, *others = repeated.findings
        yield from self.finding(first)
        shown = others if self._context.verbose else others[:_MOST_PLACES]
        places = [f"{each.location.origin}:{each.location.start.line}" for each in shown]
        more = len(others) - len(shown)
        rest = f" and {more} more (--verbose)" if more else ""
        yield from self._remark("also", ", ".join(places) + rest, _gutter((first.location,)))

    def problem(self, problem: Problem) -> Iterator[str]:
        """Something that could not be judged."""
        location = problem.location
        gutter = _gutter((location,))
        yield self._title("problem", problem.kind.value, problem.detail)
        if location is not None:
            yield from self._place(location, gutter, "^", "problem")
        elif problem.origin:
            yield f"{self._arrow(gutter)} {visible(problem.origin)}"
        yield from self._remark("help", problem.help, gutter)

    def _rows(self, findings: tuple[Finding, ...]) -> Iterator[str]:
        from imagelint.reporters.vulnerabilitytable import made_at

        bar = self.paint("gutter", "  |")
        for finding in findings:
            severity = str(finding.severity)
            word = self.paint(severity, f"{severity:<8}")
            yield f"{bar}   {word}  {visible(finding.message)}"
        for text in dict.fromkeys(finding.help for finding in findings if finding.help):
            yield f"{bar}   = help: {visible(text)}"
        for text in dict.fromkeys(filter(None, map(made_at, findings))):
            yield f"{bar}   = note: {visible(text)}"

    def _title(self, style: str, name: str, message: str) -> str:
        word = self.paint(style, f"{style}[{visible(name)}]")
        return f"{word}{self.paint('strong', f': {visible(message)}')}"

    def _arrow(self, gutter: int) -> str:
        return self.paint("gutter", f"{' ' * gutter}-->")

    def _place(self, location: Location, gutter: int, mark: str, style: str) -> Iterator[str]:
        place = visible(location.origin)
        if location.excerpt.lines or location.start.line > 1:
            place += f":{location.start.line}:{location.start.column}"
        if location.path:
            place += f" ({visible(location.path)})"
        yield f"{self._arrow(gutter)} {place}"
        yield from draw(
            location, ExcerptFrame(gutter, self._context.width, mark, style, self.paint)
        )

    def _remarks(self, finding: Finding, gutter: int) -> Iterator[str]:
        yield from self._remark("help", finding.help, gutter)
        if finding.fix is not None:
            unsafe = "" if finding.fix.safe else " (may change behaviour)"
            yield from self._remark("fix", finding.fix.title + unsafe, gutter)
            yield from self._suggestion(finding, gutter)
        yield from self._why(finding.rule, gutter)
        for note in finding.notes:
            if note.location is None:
                yield from self._remark("note", note.message, gutter)
        if finding.confidence is Confidence.LIKELY:
            yield from self._remark("note", "likely, but not certain", gutter)

    def _suggestion(self, finding: Finding, gutter: int) -> Iterator[str]:
        from imagelint.reporters.suggestion import suggested_lines

        margin = self.paint("gutter", f" {' ' * gutter} +")
        for line in suggested_lines(finding):
            yield f"{margin} {visible(line)}"

    def _located_note(self, note: Note, location: Location, gutter: int) -> Iterator[str]:
        yield f"{self.paint('strong', 'note')}: {visible(note.message)}"
        yield from self._place(location, gutter, "-", "gutter")

    def _why(self, rule: str, gutter: int) -> Iterator[str]:
        if rule in self._explained:
            return
        self._explained.add(rule)
        text = self._context.describe(rule)
        if text is not None:
            yield from self._remark("why", first_sentence(text.why), gutter)
            yield from self._remark("see", text.url, gutter)

    def _remark(self, word: str, text: str, gutter: int) -> Iterator[str]:
        lines = [line for line in text.splitlines() if line.strip()]
        margin = self.paint("gutter", f" {' ' * gutter} =")
        for number, line in enumerate(lines):
            head = f"{self.paint('strong', f'{word}:')} " if not number else " " * (len(word) + 2)
            yield f"{margin} {head}{visible(line)}"


def first_sentence(text: str) -> str:
    """The first sentence of the first paragraph of a text, on one line."""
    paragraph = " ".join(text.strip().partition("\n\n")[0].split())
    return _SENTENCE_END.split(paragraph, maxsplit=1)[0]


def _gutter(locations: Iterable[Location | None]) -> int:
    """The width of the greatest line number that is shown."""
    return max(
        len(str(location.excerpt.first_line + max(len(location.excerpt.lines) - 1, 0)))
        if location is not None
        else 1
        for location in locations
    )
