"""A rule that is begun: what is written can be read, and says by its tests what is missing."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.custom.subjects import SUBJECTS
from imagelint.rules.rule import Rule
from imagelint.testing import check_cases, check_examples
from tests.rules.cases import parse_cases
from tools import newrule

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
NAME = "made-up-signal"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As much of the repository as a new rule is written into."""
    for folder in ("imagelint/rules/build", "testdata/rules/build", "policies"):
        (tmp_path / folder).mkdir(parents=True)
    text = (ROOT / "policies" / "recommended.yaml").read_text(encoding="utf-8")
    (tmp_path / "policies" / "recommended.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def begun(clone: Path, patch: pytest.MonkeyPatch, *arguments: str) -> int:
    given: Sequence[str] = ("newrule.py", NAME, "--root", str(clone), *arguments)
    patch.setattr(sys, "argv", list(given))
    return newrule.main()


def loaded(clone: Path) -> Rule:
    path = clone / "imagelint" / "rules" / "build" / "made_up_signal.py"
    spec = importlib.util.spec_from_file_location("made_up_signal", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule = module.made_up_signal
    assert isinstance(rule, Rule)
    return rule


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_begun_is_a_rule_about_its_subject(
    clone: Path, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    assert begun(clone, monkeypatch, "--subject", subject) == 0
    rule = loaded(clone)
    assert (rule.name, rule.subjects) == (NAME, SUBJECTS[subject].types)
    cases = clone / "testdata" / "rules" / "build" / f"{NAME}.md"
    fires, silent = parse_cases(cases.read_text(encoding="utf-8"), NAME)
    assert [len(fires.expected), len(silent.expected)] == [1, 0]


def test_its_tests_fail_and_say_what_is_missing(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(clone, monkeypatch)
    said = capsys.readouterr().out
    for what in ("fill in the docstring", "each trap is a case", "make generate", f'-k "{NAME}'):
        assert what in said
    rule = loaded(clone)
    with pytest.raises(AssertionError, match="is Bad, and nothing is said about it"):
        check_examples([rule])
    with pytest.raises(AssertionError, match=f"expected {NAME}"):
        check_cases([rule], clone / "testdata" / "rules" / "build" / f"{NAME}.md")


def test_it_is_on_in_the_pack_beside_its_family(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(clone, monkeypatch)
    lines = (clone / "policies" / "recommended.yaml").read_text(encoding="utf-8").splitlines()
    at = lines.index(f"  {NAME}: on")
    heads = [line for line in lines[:at] if line.startswith("  #")]
    assert heads[-1] == "  # build"
    before = (ROOT / "policies" / "recommended.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line != f"  {NAME}: on"] == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("root-user", "is taken"),
        ("dl3002", "is no name of a rule"),
        ("Bad-Name", "is no name of a rule"),
        ("word", "is no name of a rule"),
    ],
)
def test_a_name_that_will_not_do_is_refused(
    clone: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    assert message in newrule.complaint(name, clone)
    monkeypatch.setattr(sys, "argv", ["newrule.py", name, "--root", str(clone)])
    assert newrule.main() == 2
    begun(clone, monkeypatch)
    assert "begun already" in newrule.complaint(NAME, clone)


def test_a_family_that_a_pack_has_nothing_of_comes_at_its_end(tmp_path: Path) -> None:
    pack = tmp_path / "p.yaml"
    pack.write_text("name: p\nrules:\n  # build\n  one-rule: on\n")
    newrule.switched_on(pack, NAME, "shell")
    assert pack.read_text().splitlines()[-1] == f"  {NAME}: on"
