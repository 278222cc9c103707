"""Every reader of one text is tried, what is wrong is kept small, and runs add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import DocumentError
from tools import fuzzparsers
from tools.fuzz import Crash, Input, Sample
from tools.parsers.byhand import by_hand
from tools.parsers.discovery import announced, discovered
from tools.parsers.model import Parser
from tools.parsers.reports import HOSTILE, reports

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _broken(text: str) -> str:
    """Read a text.

    Raises:
        LookupError: it begins with a `k`.
    """
    if text.startswith("k"):
        raise LookupError(text)
    if "b" in text:
        raise ZeroDivisionError
    return text


def _tried(text: str, parser: Parser) -> Crash | None:
    return fuzzparsers.tried_on(parser, Input(Sample({}), parser.name, text))


def test_what_reads_one_text_is_found_with_the_errors_that_it_announces() -> None:
    every = {one.name: one for one in discovered()}
    assert len(every) > 300
    wanted = {
        "documents.quantity.parse_port",
        "core.reference.parse_reference",
        "policy.glob.plain",
    }
    assert wanted <= every.keys()
    assert every["documents.kubernetes.manifest.parse_manifest"].errors == (DocumentError,)
    assert announced(_broken) == (LookupError,)


def test_each_has_a_name_of_its_own_and_takes_its_seeds() -> None:
    every = [*discovered(), *by_hand(), *reports()]
    assert len({one.name for one in every}) == len(every)
    for parser in every:
        assert [_tried(text, parser) for text in parser.seeds[:3]] == [None] * 3, parser.name


def test_kinds_of_files_are_parsers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"a/Dockerfile": "FROM a\n", "Dockerfile": "FROM b\n", "compose.yaml": "services: {}\n"}
    monkeypatch.setattr("tools.fuzz.own_samples", lambda: [Sample(files)])
    compose, dockerfile = fuzzparsers.kinds_of_files()
    assert (compose.name, dockerfile.name) == ("files.compose", "files.dockerfile")
    assert dockerfile.seeds == ("FROM a\n", "FROM b\n")
    assert _tried("FROM a\nRUN", dockerfile) is None


def test_an_error_that_is_not_announced_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    parser = Parser("x", _broken, ("",), announced(_broken), lambda _text, answer: answer != "n")
    assert _tried("k", parser) is None
    assert _tried("a", parser) is None
    assert _tried("ab", parser) == Crash("ZeroDivisionError-test_fuzzparsers._broken", _DIVISION)
    assert _tried("n", parser) == Crash("wrong", "no answer to this")
    monkeypatch.setattr(fuzzparsers, "SLOW", 0.02)
    slow = _tried("", parser._replace(read=_endless))
    assert slow is not None
    assert slow.kind.startswith("slow-")


_DIVISION = "ZeroDivisionError: "


def _endless(_text: str) -> None:
    while True:
        pass


def test_who_reads_an_answer_may_refuse_it() -> None:
    (report,) = (one for one in reports() if one.name == "reporters.json")
    assert report.holds("", "[1]")
    assert _tried("", report._replace(read=lambda _text: "{")) is not None
    (terminal,) = (one for one in reports() if one.name == "reporters.text")
    assert not terminal.holds("", "\x1b[2J")
    assert {_tried(text, report) for text in HOSTILE} == {None}


def test_runs_add_up_and_crashes_are_kept_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parsers = (Parser("one", _broken, ("abc",)), Parser("two", len, ("x",)))
    monkeypatch.setattr(fuzzparsers, "parsers", lambda: parsers)
    arguments = ["--seconds", "0.05", "--keep", str(tmp_path)]
    assert fuzzparsers.main([*arguments, "--only", "two"]) == 0
    first = fuzzparsers.counted(tmp_path)["two"].tried
    assert fuzzparsers.main(arguments) == 1
    counts = fuzzparsers.counted(tmp_path)
    assert counts["one"].tried > 0
    assert counts["two"].tried >= first > 0
    assert (tmp_path / "one" / "ZeroDivisionError-test_fuzzparsers._broken").read_text() == "b"
    capsys.readouterr()
    assert fuzzparsers.main(["--report", *arguments]) == 0
    total = sum(count.tried for count in counts.values())
    assert f"{total:,}  inputs of 2 parsers" in capsys.readouterr().out


def test_a_number_is_always_the_same_input_and_the_poorest_has_its_turn(tmp_path: Path) -> None:
    parser = Parser("two", len, ("a: 1\nb: 22\n",))
    one, other = (fuzzparsers.Runner((parser,), tmp_path) for _ in range(2))
    inputs = [one.input(parser, number).text for number in range(2_000)]
    assert inputs == [other.input(parser, number).text for number in range(2_000)]
    assert len(set(inputs)) > 1_000
    assert fuzzparsers.LONGEST >= max(map(len, inputs)) > 2_000
    fast, slow, done = (fuzzparsers.Count(*count) for count in ((9_000, 2), (9, 2), (90_000, 1)))
    assert min((slow, done, fast), key=lambda one: fuzzparsers._turn(one, 50_000)) == fast
