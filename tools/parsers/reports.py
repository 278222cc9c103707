"""The reporters, told one text wherever a verdict has one, and what must hold of their answers."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from imagelint import reporters
from imagelint.core.finding import (
    Confidence,
    Edit,
    Excerpt,
    Finding,
    Fix,
    Location,
    Note,
    Severity,
)
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Evidence,
    Examined,
    Ignored,
    IgnoreReason,
    Outcome,
    Problem,
    ProblemKind,
    Report,
    Verdict,
)
from imagelint.core.source import Position, Span
from imagelint.reporters.context import ReportContext
from tools.parsers.model import Parser
from tools.parsers.seeds import EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.reporters.context import Reporter

HOSTILE = (
    *("", "\x1b[2J\x1b]0;x\x07", "a\nb\r\n::error::c", "##[group]x", "\u202eabc\u2066", "\ud800"),
    *("`|`<b>&amp;[x](http://e)", "]]>", "</script><script>alert(1)</script>", "%0A,:%", "-", "./"),
    *("=HYPERLINK(1)", "../a b/ü:1@sha256:" + "0" * 64, "/etc/x", "漢字\u0301\t|", "a" * 3000),
)
_UNSAFE = {chr(code) for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F))} - {"\n"}
_UNSAFE |= {chr(code) for code in range(0x2066, 0x206A)}


def reports() -> Iterator[Parser]:
    """Each reporter."""
    for name in reporters.names():
        read = _reader(reporters.load(name))
        yield Parser(f"reporters.{name}", read, (*HOSTILE, *EVERY), (), _HOLDS.get(name, _is_text))


def _reader(reporter: Reporter) -> Callable[[str], str]:
    def read(text: str) -> str:
        root, prefix = text[:3], text[3:5]
        context = ReportContext(width=60, verbose=True, root=root, prefix=prefix, source=text)
        return "".join(reporter(verdict(text), context))

    return read


def verdict(text: str) -> Verdict:
    """A verdict that says a text wherever it has words."""
    lines = tuple(text.split("\n")[:5])
    end = Position(len(lines), len(lines[-1]) + 1)
    place = Location(text, Span(0, len(text)), Position(1, 1), end, Excerpt(1, lines), text)
    fix = Fix(text, (Edit(text, Span(0, 1), text),), safe=len(text) % 2 == 0)
    part = Finding("root-user", Severity.LOW, text, place, text, subject=text)
    finding = Finding(
        *("vulnerable-package", Severity.HIGH, text, place, text, (Note(text, place),), fix, text),
        *(Confidence.LIKELY, text, (part,), (text,), (("package", text), (text, text))),
    )
    report = Report(
        (finding, part._replace(fix=fix)),
        (Allowed(part, AllowanceKind.WAIVER, text, text),),
        (Problem(ProblemKind.UNREADABLE, text, text, text, place),),
        (Examined(text, "dockerfile", text), Examined("a", text)),
        (Ignored(text, IgnoreReason.NO_KIND),),
    )
    return Verdict(Outcome.FAIL, (text,), report, Evidence((("image", text), ("trivy", text))))


def _is_text(_text: str, answer: object) -> bool:
    return bool(str(answer).encode())


def _is_safe(text: str, answer: object) -> bool:
    """What a terminal or a log shows has no control characters, and no commands of its own."""
    said = str(answer)
    return _is_text(text, said) and not _UNSAFE & set(said) and "##[" not in said


def _is_json(_text: str, answer: object) -> bool:
    return str(answer).isascii() and isinstance(json.loads(str(answer)), dict | list)


def _are_json(_text: str, answer: object) -> bool:
    return all(isinstance(json.loads(line), dict) for line in str(answer).splitlines())


def _is_xml(_text: str, answer: object) -> bool:
    return ET.fromstring(str(answer)).tag == "testsuites"  # noqa: S314 - of our own making


def _is_table(_text: str, answer: object) -> bool:
    rows = list(csv.reader(io.StringIO(str(answer))))
    cells = (cell.lstrip() for row in rows for cell in row)
    return len(set(map(len, rows))) == 1 and not any(cell.startswith(("=", "@")) for cell in cells)


def _has_no_script(_text: str, answer: object) -> bool:
    return "<script>alert" not in str(answer)


_HOLDS: dict[str, Callable[[str, object], bool]] = {
    **dict.fromkeys(("text", "concise", "github", "summary"), _is_safe),
    **dict.fromkeys(("json", "sarif", "gitlab", "gitlab-sast", "defectdojo"), _is_json),
    "jsonl": _are_json,
    "junit": _is_xml,
    "csv": _is_table,
    "html": _has_no_script,
}
