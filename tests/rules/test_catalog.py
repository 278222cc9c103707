from __future__ import annotations

from pathlib import Path

import pytest

import imagelint.rules
from imagelint.rules import catalog, table
from imagelint.rules.compile import compile_table
from imagelint.rules.families import FAMILIES
from tests.rules.cases import ROOT

RULES = Path(imagelint.rules.__file__).parent


def test_catalog_and_files_are_the_same_set() -> None:
    files = {
        (path.parent.name, path.stem.replace("_", "-"))
        for path in RULES.glob("*/*.py")
        if path.stem != "__init__"
    }
    listed = {(catalog.family(name), name) for name in catalog.names()}
    assert files - listed == set(), "not in the table: run `make generate`"
    assert listed - files == set(), "in the table without a file: run `make generate`"


def test_catalog_and_case_files_are_the_same_set() -> None:
    files = {(path.parent.name, path.stem) for path in ROOT.glob("*/*.md")}
    listed = {(catalog.family(name), name) for name in catalog.names()}
    assert listed - files == set(), "without cases: write testdata/rules/<family>/<rule>.md"
    assert files - listed == set(), "cases of no rule: write the rule, then run `make generate`"


@pytest.mark.parametrize("name", catalog.names())
def test_a_rule_is_what_the_catalog_says(name: str) -> None:
    rule = catalog.load(name)
    assert rule.name == name
    assert tuple(map(catalog.key_of, rule.subjects)) == catalog.subjects(name)


def test_every_family_says_what_holds_for_it() -> None:
    ours = tuple(name for name in FAMILIES if name != catalog.CUSTOM)
    assert ours == catalog.families()
    assert catalog.family("acme.rule") == catalog.CUSTOM


def test_a_file_without_its_rule_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rules/images/__init__\.py holds no rule"):
        compile_table(["images.__init__"])


@pytest.mark.parametrize("name", catalog.names())
def test_the_first_line_of_a_rule_is_a_sentence(name: str) -> None:
    summary = catalog.load(name).doc.splitlines()[0]
    assert summary.endswith(".")
    assert len(summary) <= 90


def test_names_are_sorted() -> None:
    assert list(catalog.names()) == sorted(catalog.names())


@pytest.mark.parametrize(
    "spelling", ["DL3002", "hadolint DL3002", "dl3002", "root-user", "DS-0002", "AVD-DS-0002"]
)
def test_a_rule_is_found_by_the_ids_of_other_tools(spelling: str) -> None:
    assert catalog.find(spelling) == ("root-user",)


def test_an_unknown_name_finds_nothing() -> None:
    assert catalog.find("no-such-rule") == ()


@pytest.mark.parametrize("name", [name for name, entry in table.RULES.items() if entry.triggers])
def test_a_rule_with_triggers_has_one_for_each_type_that_is_chosen_by_them(name: str) -> None:
    entry = table.RULES[name]
    types = {subject.rpartition(":")[2] for subject in entry.subjects}
    keywords = [one for one in entry.triggers if one.isupper()]
    if "Instruction" in types:
        assert keywords, "it is never asked about an instruction: name its `keywords`"
    if types & {"Command", "Script"}:
        assert len(keywords) < len(entry.triggers), "no command concerns it: name its `programs`"
    assert types & {"Instruction", "Command", "Script", "Stage"}, "no node is chosen by them"
