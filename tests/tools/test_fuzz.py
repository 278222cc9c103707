"""What crashes is found, minimised and kept; the same seed tries the same inputs."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.custom import message
from imagelint.documents.base import Document
from imagelint.run.policyfiles import POLICY_NAME
from tools import fuzz, fuzzpolicies

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = fuzz.Sample({"a.yaml": "kind: Pod\nport: 80\n", "Dockerfile": "FROM alpine:3.20\n"})
BROKEN = "one\ntwo boom three\nfour\n"


def test_a_number_of_a_seed_is_always_the_same_input(tmp_path: Path) -> None:
    one, other = (fuzz.Runner((SAMPLE,), 7, tmp_path) for _ in range(2))
    inputs = [one.input(number) for number in range(40)]
    assert inputs == [other.input(number) for number in range(40)]
    assert len({given.text for given in inputs}) > 30
    assert {given.name for given in inputs} == set(SAMPLE.files)
    assert inputs != [fuzz.Runner((SAMPLE,), 8, tmp_path).input(number) for number in range(40)]


def test_every_edit_changes_something_and_survives_an_empty_text() -> None:
    random = Random(1)  # noqa: S311 - must be the same again
    for edit in fuzz._EDITS:
        seen = {edit("a: 1\nb: 22\nc: x\n", random, ("word",)) for _ in range(50)}
        assert len(seen) > 3
        assert isinstance(edit("", random, ("word",)), str)


def test_whole_inputs_get_a_verdict() -> None:
    trial = fuzz.Trial()
    assert [trial(fuzz.Input(SAMPLE, name, text)) for name, text in SAMPLE.files.items()] == [
        None,
        None,
    ]
    assert trial(fuzz.Input(SAMPLE, "a.yaml", "kind: [")) is None


@pytest.mark.parametrize("text", ["custom-rules: [{}]\n", "a: [", "rules: {x: 1}\n", ""])
def test_a_policy_that_is_refused_is_no_crash(text: str) -> None:
    assert fuzz.Trial()(fuzz.Input(fuzz.Sample({}), POLICY_NAME, text)) is None


def test_policies_are_tried_with_what_their_rules_have_as_examples() -> None:
    texts = fuzzpolicies.policy_texts()
    own = [text for text in texts if text.startswith("custom-rules:")]
    assert len(own) >= 20
    assert len(texts) > len(own)
    assert fuzzpolicies.judged_by(own[0]).findings
    assert set(fuzz._everything().custom) <= set(fuzz._everything().enabled)
    assert {POLICY_NAME: own[0]} in [sample.files for sample in fuzz.own_samples()]


def test_a_condition_that_crashes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(message.Template, "filled", crashing)
    given = fuzz.Input(fuzz.Sample({}), POLICY_NAME, fuzzpolicies.policy_texts()[0])
    crash = fuzz.Trial()(given)
    assert crash is not None
    assert crash.kind.startswith("ZeroDivisionError")


def _fails_on_boom(given: fuzz.Input) -> fuzz.Crash | None:
    return fuzz.Crash("boom", "went boom") if "boom" in given.text else None


def test_only_what_the_crash_needs_is_left() -> None:
    given = fuzz.Input(SAMPLE, "a.yaml", BROKEN)
    small = fuzz.minimised(given, "boom", _fails_on_boom)
    assert small.text == "boom"
    assert set(small.sample.files) == {"a.yaml"}


def test_files_that_a_crash_needs_stay_beside_it() -> None:
    def beside(given: fuzz.Input) -> fuzz.Crash | None:
        return _fails_on_boom(given) if "Dockerfile" in given.sample.files else None

    small = fuzz.minimised(fuzz.Input(SAMPLE, "a.yaml", BROKEN), "boom", beside)
    assert (small.text, set(small.sample.files)) == ("boom", set(SAMPLE.files))


def test_each_kind_of_crash_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz.Trial, "__call__", lambda _self, given: _fails_on_boom(given))
    runner = fuzz.Runner((fuzz.Sample({"d/a.yaml": "boom " * 30}),), 1, tmp_path)
    runner.run(60, 20)
    assert runner.tried == 20
    assert runner.crashes["boom"] > 1
    assert (tmp_path / "boom" / "d" / "a.yaml").read_text() == "boom"
    assert capsys.readouterr().out.count("crash in input") == 1


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("the rule a-b crashed: ValueError: x (y) (low:3 < a_b:4 < ask:9)", "ValueError-low"),
        ("the rule a-b crashed: KeyError: 'x' (a_b:4)", "KeyError-a_b"),
    ],
)
def test_the_crash_of_a_rule_is_told_by_its_error_and_place(
    detail: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Report(problems=(Problem(ProblemKind.RULE_CRASHED, "a.yaml", detail),))
    monkeypatch.setattr(fuzz, "recognise", lambda _source: report)
    crash = fuzz.Trial()(fuzz.Input(fuzz.Sample({}), "a.yaml", "x"))
    assert crash == fuzz.Crash(kind, detail)


def test_the_crash_of_a_reader_is_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_source: object) -> Report:
        message = "deep inside"
        raise LookupError(message)

    monkeypatch.setattr(fuzz, "recognise", fails)
    crash = fuzz.Trial()(fuzz.Input(fuzz.Sample({}), "a.yaml", "x"))
    assert crash is not None
    assert crash.kind.startswith("LookupError-")


def test_readers_can_be_tried_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = fuzz.Trial(judges=False)
    monkeypatch.setattr(fuzz, "decide", lambda *_: pytest.fail("it is judged"))
    given = fuzz.Input(fuzz.Sample({}), "Dockerfile", "FROM a\n")
    assert trial(given) is None
    monkeypatch.setattr(Document, "walk", lambda _self: iter([1 // 0]))
    crash = trial(given)
    assert crash is not None
    assert crash.kind.startswith("ZeroDivisionError-")


def test_what_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(_source: object) -> Report:
        while True:
            pass

    monkeypatch.setattr(fuzz, "SLOW", 0.05)
    monkeypatch.setattr(fuzz, "recognise", hangs)
    crash = fuzz.Trial()(fuzz.Input(fuzz.Sample({}), "a.yaml", "x"))
    assert crash is not None
    assert crash.kind.startswith("slow-")


def test_a_folder_of_others_can_be_the_corpus(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Dockerfile").write_text("FROM alpine:3.20\n")
    (tmp_path / "in" / "notes.txt").write_text("none of ours")
    arguments = ["--corpus", str(tmp_path / "in"), "--seed", "3", "--keep", str(tmp_path / "out")]
    assert fuzz.main([*arguments, "--inputs", "30"]) == 0
    out = capsys.readouterr().out
    assert "seed 3, 1 samples" in out
    assert "30 inputs" in out
    with pytest.raises(SystemExit):
        fuzz.main(["--corpus", str(tmp_path / "none")])


def test_the_own_files_are_the_corpus_by_default() -> None:
    names = {name.rpartition("/")[2] for one in fuzz.own_samples() for name in one.files}
    assert {"Dockerfile", "compose.yaml", "pod.yaml", "requirements.txt"} <= names
