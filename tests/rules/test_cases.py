from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.policy.options import options_of
from imagelint.rules import catalog
from tests.rules.cases import without_markers
from tests.rules.expectations import disagreements
from tests.rules.fixes import apply_fixes, has_fix
from tests.rules.projects import all_cases, cases_of, examine_case, examine_files, given

if TYPE_CHECKING:
    from tests.rules.cases import Case

CASES = [pytest.param(case, id=f"{case.rule}: {case.title}") for case in all_cases()]
OPTIONS = [
    (name, option.name)
    for name in catalog.names()
    if (kind := catalog.load(name).options)
    for option in options_of(kind)
]


@pytest.mark.parametrize("case", CASES)
def test_the_rule_says_exactly_what_is_expected(case: Case) -> None:
    told = examine_case(case)
    assert disagreements(case, told) == []
    assert case.fixed or not has_fix(told.findings), "show in `~~~fixed` what the fix makes of it"


@pytest.mark.parametrize("name", catalog.names())
def test_every_rule_has_a_case_that_fires_and_one_that_is_silent(name: str) -> None:
    cases = cases_of(name)
    assert any(case.expected for case in cases), "add a case with `# expect: RULE` above a line"
    assert any(not case.expected for case in cases), "add a case on which it must be silent"


FIXED = [pytest.param(case, id=f"{case.rule}: {case.title}") for case in all_cases() if case.fixed]


@pytest.mark.parametrize("case", FIXED)
def test_a_fix_makes_of_a_file_what_the_case_shows(case: Case) -> None:
    fixed = apply_fixes(case.files, examine_case(case).findings)
    assert {name: without_markers(text) for name, text in fixed.items()} == dict(case.fixed)


@pytest.mark.parametrize("case", FIXED)
def test_what_is_fixed_has_nothing_left_to_fix(case: Case) -> None:
    before = examine_case(case).findings
    files = {**case.files, **apply_fixes(case.files, before)}
    after = examine_files(case.rule, files, given(case)).findings
    assert not has_fix(after)
    assert len(after) == sum(finding.fix is None for finding in before)


@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=[".".join(pair) for pair in OPTIONS])
def test_every_option_has_a_case_that_needs_it(name: str, option: str) -> None:
    assert any(needs(case, option) for case in cases_of(name)), (
        f"no case of {name} comes out differently when the option {option} is at its default"
    )


def needs(case: Case, option: str) -> bool:
    """Whether a case sets an option and would not be as expected without it."""
    under = given(case)
    left = {key: value for key, value in under.options.items() if key.replace("-", "_") != option}
    if len(left) == len(under.options):
        return False
    told = examine_files(case.rule, case.files, under._replace(options=left))
    return bool(disagreements(case, told))
