"""What holds for every reporter."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from imagelint import reporters
from imagelint.cli.options.formats import FORMATS
from imagelint.core.report import Outcome, Report, Verdict
from imagelint.reporters.context import ReportContext
from tests.reporters.samples import CONTEXT, GOLDEN, SAMPLE, golden
from tests.reporters.strategies import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable

# What says of nothing that nothing was found: these formats have no place for a verdict.
WITHOUT_VERDICT = {
    "github": "",
    "gitlab": "[]\n",
    "junit": 'tests="0" failures="0"',
    "csv": "state,severity,rule",
    "defectdojo": '"findings": []',
    "gitlab-sast": '"vulnerabilities": []',
}
FORBIDDEN = {chr(code) for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F))}
FORBIDDEN |= {chr(code) for code in range(0x2066, 0x206A)}


@pytest.mark.parametrize("name", sorted(golden()))
def test_golden_file(name: str) -> None:
    assert golden()[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_names_in_the_order_of_the_help() -> None:
    assert reporters.names() == FORMATS


def test_unknown_format() -> None:
    with pytest.raises(KeyError):
        reporters.load("xml")


def test_a_reporter_is_imported_when_it_is_asked_for() -> None:
    code = (
        "import sys; from imagelint.reporters import load; load('text');"
        "print(*sorted(n for n in sys.modules if n in ('json', 'urllib.parse')"
        " or n.startswith(('imagelint.reporters.s', 'imagelint.documents'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("name", reporters.names())
def test_order_of_the_findings_does_not_matter(name: str) -> None:
    found = SAMPLE.report
    turned = Report(
        found.findings[::-1], found.allowed[::-1], found.problems[::-1], found.examined[::-1]
    )
    other = SAMPLE._replace(report=turned._replace(ignored=found.ignored))
    reporter = reporters.load(name)
    assert "".join(reporter(other, CONTEXT)) == "".join(reporter(SAMPLE, CONTEXT))


@pytest.mark.parametrize("name", reporters.names())
def test_an_empty_report(name: str) -> None:
    empty = Verdict(Outcome.PASS, (), Report())
    text = "".join(reporters.load(name)(empty, ReportContext()))
    assert WITHOUT_VERDICT[name] in text if name in WITHOUT_VERDICT else "pass" in text


@pytest.mark.parametrize("name", ["text", "github", "summary"])
@settings(max_examples=60, deadline=None)
@given(verdict=verdicts)
def test_nothing_hostile_reaches_a_terminal_or_a_log(name: str, verdict: Verdict) -> None:
    text = "".join(reporters.load(name)(verdict, CONTEXT))
    assert not FORBIDDEN & set(text.replace("\n", ""))
    assert "##[" not in text
    text.encode()
    commands = [line for line in text.split("\n") if line.strip().startswith("::")]
    assert len(commands) == (text.count("\n") if name == "github" else 0)


@pytest.mark.parametrize("name", ["json", "sarif"])
@settings(max_examples=60, deadline=None)
@given(verdict=verdicts)
def test_json_is_json_in_ascii(name: str, verdict: Verdict) -> None:
    text = "".join(reporters.load(name)(verdict, CONTEXT))
    assert text.isascii()
    assert "##[" not in text
    assert isinstance(json.loads(text), dict)


def test_text_is_cut_to_the_width_of_the_terminal() -> None:
    wide = _lines(reporters.load("text")(SAMPLE, CONTEXT._replace(width=0)))
    narrow = _lines(reporters.load("text")(SAMPLE, CONTEXT._replace(width=40)))
    numbered = [line for line in narrow if line.startswith((" 1 |", " 4 |"))]
    assert max(map(len, numbered)) == 40
    assert any("…" in line for line in numbered)
    assert not any("…" in line for line in wide)


def _lines(chunks: Iterable[str]) -> list[str]:
    return io.StringIO("".join(chunks)).read().splitlines()
