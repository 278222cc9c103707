"""Reads case files: headings are sentences, fences are files, `expect:` marks a place.

The whole language, line by line; what is not in it is an error:

    # <rule>                        the first line
    ## A sentence.                  a case begins
    Prose.                          a remark
    environment: driver=550.54      what the policy declares
    options: {"pin": "digest"}      the rule's options, as JSON
    ignored: notes.yaml             a file that is not recognised as a document
    problem: template pod.yaml      a file that cannot be examined, and the kind of the problem
    expect: <rule> …                somewhere in the next file, for kinds without comments
    ```name                         a file; without a name it is the Dockerfile
    ~~~fixed [name]                 what the fix makes of a file
    ~~~advised [name]               what who follows the help makes of it: lines with - + or a blank
    ~~~or [name]                    the same, and begins another way to follow it

In a file `# expect: <rule> [severity] [confidence] ["part of the message"]` on a line of its own is
about the next line. Levels stand there where they differ from the rule's own, and only there.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.finding import Confidence, Severity
from tests.rules.hunks import changed

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2] / "testdata" / "rules"
DEFAULT_FILE = "Dockerfile"
_MARKER = (
    r"expect: (?P<rule>[a-z0-9-]+)"
    rf"(?: (?P<severity>{'|'.join(str(one) for one in Severity)}))?"
    rf"(?: (?P<confidence>{'|'.join(one.value for one in Confidence)}))?"
    r'(?: "(?P<part>[^"]+)")?'
)
_OUTSIDE = re.compile(_MARKER)
_INSIDE = re.compile(rf"\s*(?:#|//)\s*{_MARKER}\s*")
_LIKE_A_MARKER = re.compile(r"\s*(?:#|//)\s*expect\b.*")
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<name>[^`~]*)")
_FIXED = re.compile(r"fixed(?: (\S+))?")
_ADVISED = re.compile(r"(advised|or)(?: (\S+))?")
_DIRECTIVE = re.compile(r"([a-z-]+): (.+)")
_PROSE = re.compile(r"[A-Za-z0-9`*(-].*")


class Expectation(NamedTuple):
    """A place where the rule must speak; lines count from 1, 0 stands for anywhere in the file.

    Levels are None where they are the rule's own; `part` must occur in the message.
    """

    file: str
    line: int
    severity: Severity | None = None
    confidence: Confidence | None = None
    part: str = ""


class Case(NamedTuple):
    """A project of texts, what the rule must say about it, and what its fix makes of it.

    `problems` are pairs of kind and file, `ignored` are files that are no documents; `advised`
    holds all files for each way to follow the help, without marks, as they are then.
    """

    rule: str
    title: str
    files: Mapping[str, str] = {}
    expected: tuple[Expectation, ...] = ()
    fixed: Mapping[str, str] = {}
    environment: str = ""
    options: str = ""
    ignored: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    advised: tuple[Mapping[str, str], ...] = ()


@cache
def read_cases(path: Path) -> tuple[Case, ...]:
    """All cases of a file.

    Raises:
        AssertionError: a line is not understood.
    """
    return parse_cases(path.read_text(encoding="utf-8"), path.stem)


def parse_cases(text: str, rule: str) -> tuple[Case, ...]:
    """All cases of the text of a file about a rule.

    Raises:
        AssertionError: a line is not understood.
    """
    reader = _Reader(text.splitlines(), rule)
    reader.read()
    titles = [case.title for case in reader.cases]
    assert len(titles) == len(set(titles)), f"{rule}: a heading stands there twice"
    assert all(case.files for case in reader.cases), f"{rule}: a case without a file"
    return tuple(reader.cases)


def is_marker(line: str) -> bool:
    """Whether a line of a file only says what is expected."""
    return _INSIDE.fullmatch(line) is not None


def without_markers(text: str) -> str:
    """A text without the lines that only say what is expected."""
    return "".join(line for line in text.splitlines(keepends=True) if not is_marker(line))


class _Reader:
    """Walks over the lines; `at` counts from 0, `waiting` are marks for the next file."""

    def __init__(self, lines: list[str], rule: str) -> None:
        self.lines = lines
        self.rule = rule
        self.cases: list[Case] = []
        self.at = 0
        self.waiting: list[re.Match[str]] = []

    def read(self) -> None:
        assert self.lines[:1] == [f"# {self.rule}"], f"{self.rule}:1: must be '# {self.rule}'"
        self.at = 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if line.startswith("## "):
                self.begin(line[3:])
            elif fence := _FENCE.fullmatch(line):
                self.fence(fence["mark"], fence["name"])
            elif line:
                self.remark(line)
        self.check(not self.waiting, "an expectation without a file")

    def check(self, holds: object, complaint: str) -> None:
        assert holds, f"{self.rule}:{self.at}: {complaint}: {self.lines[self.at - 1]!r}"

    def begin(self, title: str) -> None:
        self.check(title.endswith("."), "a heading is a sentence")
        self.check(not self.waiting, "an expectation without a file")
        self.cases.append(Case(self.rule, title))

    def remark(self, line: str) -> None:
        self.check(self.cases, "a case needs a heading")
        if marker := _OUTSIDE.fullmatch(line):
            self.waiting.append(marker)
        elif directive := _DIRECTIVE.fullmatch(line):
            self.directive(directive[1], directive[2])
        else:
            self.check(_PROSE.fullmatch(line), "not understood")

    def directive(self, key: str, value: str) -> None:
        case = self.cases[-1]
        match key:
            case "environment":
                self.check(not case.environment, "said twice")
                self.cases[-1] = case._replace(environment=value)
            case "options":
                self.check(not case.options, "said twice")
                self.cases[-1] = case._replace(options=value)
            case "ignored":
                self.cases[-1] = case._replace(ignored=(*case.ignored, value))
            case "problem":
                kind, _, file = value.partition(" ")
                self.cases[-1] = case._replace(problems=(*case.problems, (kind, file)))
            case _:
                self.check(None, "not understood")

    def fence(self, mark: str, name: str) -> None:
        self.check(self.cases, "a fence needs a heading")
        body = self.body(mark)
        text = "".join(f"{line}\n" for line in body)
        case = self.cases[-1]
        if fixed := _FIXED.fullmatch(name):
            name = fixed[1] or DEFAULT_FILE
            self.check(name not in case.fixed, f"{name} stands there twice")
            self.cases[-1] = case._replace(fixed={**case.fixed, name: text})
            return
        if advised := _ADVISED.fullmatch(name):
            self.advise(advised[1], advised[2], body)
            return
        self.check(" " not in name, "not understood")
        name = name or DEFAULT_FILE
        self.check(name not in case.files, f"{name} stands there twice")
        self.cases[-1] = case._replace(files={**case.files, name: text})
        for marker in self.waiting:
            self.expect(name, 0, marker)
        self.waiting = []
        self.expectations(name, body)

    def advise(self, way: str, name: str | None, patch: list[str]) -> None:
        case = self.cases[-1]
        self.check(case.files, "a way to follow the help of no file")
        ways = list(case.advised)
        self.check(bool(ways) or way == "advised", "another way, before there is one")
        if way == "or" or not ways:
            ways.append({file: without_markers(text) for file, text in case.files.items()})
        files = dict(ways[-1])
        name = name or next(iter(files))
        files[name] = changed(files.get(name, ""), patch)
        ways[-1] = {file: text for file, text in files.items() if text}
        self.cases[-1] = case._replace(advised=tuple(ways))

    def body(self, mark: str) -> list[str]:
        self.check(mark in self.lines[self.at :], "a fence that is never closed")
        end = self.lines.index(mark, self.at)
        body = self.lines[self.at : end]
        self.at = end + 1
        return body

    def expectations(self, name: str, body: list[str]) -> None:
        waiting: list[re.Match[str]] = []
        for number, line in enumerate(body, 1):
            if marker := _INSIDE.fullmatch(line):
                waiting.append(marker)
                continue
            self.check(not _LIKE_A_MARKER.fullmatch(line), f"{name}:{number}: not understood")
            for one in waiting:
                self.expect(name, number, one)
            waiting = []
        self.check(not waiting, f"an expectation at the end of {name}")

    def expect(self, name: str, line: int, marker: re.Match[str]) -> None:
        self.check(marker["rule"] == self.rule, "expects another rule")
        severity, confidence = marker["severity"], marker["confidence"]
        expectation = Expectation(
            name,
            line,
            Severity.named(severity) if severity else None,
            Confidence(confidence) if confidence else None,
            marker["part"] or "",
        )
        case = self.cases[-1]
        self.cases[-1] = case._replace(expected=(*case.expected, expectation))
