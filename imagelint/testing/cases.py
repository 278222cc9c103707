"""Read files of cases: headings, files in fences, and marks where a rule must speak."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence, Severity
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT_FILE = "Dockerfile"
_SEVERITIES = "|".join(str(severity) for severity in Severity)
_CONFIDENCES = "|".join(confidence.value for confidence in Confidence)
_MARK = re.compile(
    r"\s*(?:#|//)\s*expect: (?P<rule>[a-z0-9.-]+)"
    rf"(?: (?P<severity>{_SEVERITIES}))?(?: (?P<confidence>{_CONFIDENCES}))?"
    r'(?: "(?P<part>[^"]+)")?\s*'
)
_LIKE_A_MARK = re.compile(r"\s*(?:#|//)\s*expect\b.*")
_FENCE = re.compile(r"(?P<mark>`{3,})(?P<name>[^`]*)")


class Expectation(NamedTuple):
    """A place where a rule must speak; lines count from 1. Levels are None where any will do."""

    rule: str
    file: str
    line: int
    severity: Severity | None = None
    confidence: Confidence | None = None
    part: str = ""


class Case(NamedTuple):
    """Files by name, without marks, and what rules must say about them: that, and nothing else."""

    title: str
    files: Mapping[str, str]
    expected: tuple[Expectation, ...] = ()


def read_cases(text: str) -> tuple[Case, ...]:
    """The cases in a text of Markdown.

    Raises:
        ValueError: a fence or a mark is not understood, or a case has no file.
    """
    return tuple(_Reader(text.splitlines()).cases())


def read_marks(name: str, text: str) -> tuple[str, tuple[Expectation, ...]]:
    """A text without its marks, and what they expect: each is about the line below it.

    Raises:
        ValueError: a mark is not understood.
    """
    lines: list[str] = []
    expected: list[Expectation] = []
    for line in text.splitlines():
        mark = _MARK.fullmatch(line)
        if mark:
            expected.append(_expectation(mark, name, len(lines) + 1))
        elif _LIKE_A_MARK.fullmatch(line):
            raise ValueError(f"{name}: not understood: {line.strip()!r}")
        else:
            lines.append(line)
    return "".join(f"{line}\n" for line in lines), tuple(expected)


def _expectation(mark: re.Match[str], file: str, line: int) -> Expectation:
    return Expectation(
        mark["rule"],
        file,
        line,
        Severity.named(mark["severity"]) if mark["severity"] else None,
        Confidence(mark["confidence"]) if mark["confidence"] else None,
        mark["part"] or "",
    )


class _Reader:
    """Walks over the lines; what is neither a heading nor a fence is a remark."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = iter(lines)

    def cases(self) -> Iterator[Case]:
        case: Case | None = None
        for line in self._lines:
            fence = _FENCE.fullmatch(line)
            if line.startswith("## "):
                if case is not None:
                    yield _complete(case)
                case = Case(line[3:], {})
            elif fence and case is None:
                raise ValueError(f"a fence stands before the first heading: {line!r}")
            elif fence and case is not None:
                case = self._with_file(case, fence)
        if case is not None:
            yield _complete(case)

    def _with_file(self, case: Case, fence: re.Match[str]) -> Case:
        name = fence["name"].strip() or DEFAULT_FILE
        inside: list[str] = []
        for line in self._lines:
            if line == fence["mark"]:
                text, expected = read_marks(name, "\n".join(inside))
                files = {**case.files, name: text}
                return case._replace(files=files, expected=(*case.expected, *expected))
            inside.append(line)
        raise ValueError(f"{case.title}: the fence of {name} does not end")


def _complete(case: Case) -> Case:
    if not case.files:
        raise ValueError(f"{case.title}: there is no file")
    return case
