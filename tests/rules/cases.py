"""Reads case files: headings are sentences, fences are files, `expect: <rule>` marks a place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2] / "testdata" / "rules"
_EXPECT = re.compile(r"\s*(?:#|//)\s*expect: ([a-z0-9-]+)\s*")
_OUTSIDE = re.compile(r"expect: ([a-z0-9-]+)")
_FENCE = re.compile(r"(`{3,}|~{3,})(\S*)")


class Case(NamedTuple):
    """A project of texts, the places (file, line) where the rule must speak, its surroundings.

    Lines count from 1; line 0 stands for anywhere in the file, for kinds without comments.
    """

    title: str
    files: dict[str, str]
    expected: list[tuple[str, int]]
    environment: str
    options: str


def read_cases(path: Path) -> list[Case]:
    """All cases of a file.

    Raises:
        AssertionError: a line is not understood.
    """
    rule = path.stem
    cases: list[Case] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines, f"{path}: is empty"
    assert lines[0] == f"# {rule}", f"{path}:1: must be '# {rule}'"
    at = 1
    anywhere = 0
    while at < len(lines):
        line = lines[at]
        place = f"{path}:{at + 1}: {line!r}"
        at += 1
        fence = _FENCE.fullmatch(line)
        outside = _OUTSIDE.fullmatch(line)
        if line.startswith("## "):
            assert line.endswith("."), f"{place}: a heading is a sentence"
            cases.append(Case(line[3:], {}, [], "", ""))
        elif fence:
            assert cases, f"{place}: a fence needs a heading"
            at = _read_fence(lines, at, fence, cases)
            name = fence[2] or "Dockerfile"
            cases[-1].expected.extend((name, 0) for _ in range(anywhere))
            anywhere = 0
        elif outside:
            assert outside[1] == rule, f"{place}: expects another rule"
            anywhere += 1
        elif line.startswith("environment: "):
            cases[-1] = cases[-1]._replace(environment=line.removeprefix("environment: "))
        elif line.startswith("options: "):
            cases[-1] = cases[-1]._replace(options=line.removeprefix("options: "))
        else:
            assert not line or line[0].isalnum() or line[0] in "`*(-", f"{place}: not understood"
    return cases


def _read_fence(lines: list[str], at: int, fence: re.Match[str], cases: list[Case]) -> int:
    name = fence[2] or "Dockerfile"
    case = cases[-1]
    assert name not in case.files, f"{case.title}: {name} stands there twice"
    end = lines.index(fence[1], at)
    body = lines[at:end]
    waiting = 0
    for number, line in enumerate(body, 1):
        if _EXPECT.fullmatch(line):
            waiting += 1
            continue
        case.expected.extend((name, number) for _ in range(waiting))
        waiting = 0
    assert not waiting, f"{case.title}: an expectation at the end of {name}"
    case.files[name] = "".join(f"{line}\n" for line in body)
    return end + 1
