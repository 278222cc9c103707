"""Suggestions for a review out of safe fixes.

GitHub takes them only for lines that the change shows, and applies them to the head of the pull
request: a line is only replaced where it reads there as it does in what was judged.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING, Any, NamedTuple

import inputs
from workflow import variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST = 20
_MOST_LINES = 30
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_TICKS = re.compile("`+")
_MARKUP = re.compile(r"[\\`*_\[\]<>()#!|&~@:$]")

Shown = dict[str, dict[int, str]]


class _Lines(NamedTuple):
    """Lines `first` to `last`, from 1, and what is to stand there instead."""

    first: int
    last: int
    text: str


def shown_lines(files: Iterable[Mapping[str, Any]]) -> Shown:
    """The lines of the new side that a pull request shows, by file and number."""
    found: Shown = {}
    for file in files:
        number = 0
        lines: dict[int, str] = {}
        for line in str(file.get("patch") or "").split("\n"):
            hunk = _HUNK.match(line)
            if hunk:
                number = int(hunk[1])
            elif number and line[:1] in {"+", " "}:
                lines[number] = line[1:]
                number += 1
        found[str(file["filename"])] = lines
    return found


def suggestions(findings: Iterable[Mapping[str, Any]], shown: Shown) -> list[dict[str, Any]]:
    """Comments of a review, at most twenty: each replaces whole lines, none overlaps another."""
    found: list[dict[str, Any]] = []
    taken: set[tuple[str, int]] = set()
    for finding in findings:
        fix = finding.get("fix") or {"safe": False, "edits": []}
        origins = {edit["origin"] for edit in fix["edits"]} if fix["safe"] else set()
        if len(origins) != 1 or len(found) >= _MOST:
            continue
        path = normpath(f"{inputs.single('working-directory') or '.'}/{origins.pop()}")
        lines = _replaced(path, fix["edits"])
        if lines is None or not _reads_so(lines[0], lines[1], shown.get(path, {})):
            continue
        places = {(path, number) for number in range(lines[0].first, lines[0].last + 1)}
        if taken.isdisjoint(places):
            taken |= places
            found.append(_comment(path, finding, lines[0]))
    return found


def _replaced(path: str, edits: Iterable[Mapping[str, Any]]) -> tuple[_Lines, list[str]] | None:
    """The lines that some edits of a file change, and how they read now; None for too many."""
    workspace = Path(variable("GITHUB_WORKSPACE")).resolve()
    file = (workspace / path).resolve()
    if not file.is_relative_to(workspace) or not file.is_file():
        return None
    text = file.read_bytes().decode("utf-8", "replace")
    ordered = sorted(edits, key=lambda edit: (edit["start"], edit["end"]))
    start, end = ordered[0]["start"], max(edit["end"] for edit in ordered)
    if not 0 <= start <= end <= len(text) or "\r" in text:
        return None
    begin = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end if end == start or text[end - 1] != "\n" else end - 1)
    after = len(text) if after < 0 else after
    piece, at = "", begin
    for edit in ordered:
        if edit["start"] < at:
            return None
        piece += text[at : edit["start"]] + edit["text"]
        at = edit["end"]
    piece += text[at:after] if at <= after else ""
    first = text.count("\n", 0, begin) + 1
    old = text[begin:after].split("\n")
    if len(old) > _MOST_LINES:
        return None
    return _Lines(first, first + len(old) - 1, piece.removesuffix("\n")), old


def _reads_so(lines: _Lines, old: list[str], shown: Mapping[int, str]) -> bool:
    return all(shown.get(lines.first + at) == text for at, text in enumerate(old))


def _comment(path: str, finding: Mapping[str, Any], lines: _Lines) -> dict[str, Any]:
    longest = max(map(len, _TICKS.findall(lines.text)), default=0)
    fence = "`" * max(3, longest + 1)
    said = " ".join(str(finding["message"]).split())[:300]
    plain = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", said)
    rule = re.sub(r"[^a-z0-9./-]", "", str(finding["rule"]))
    body = f"`{rule}`: {plain}\n\n{fence}suggestion\n{lines.text}\n{fence}"
    place: dict[str, Any] = {"path": path, "line": lines.last, "side": "RIGHT", "body": body}
    if lines.first < lines.last:
        place |= {"start_line": lines.first, "start_side": "RIGHT"}
    return place
