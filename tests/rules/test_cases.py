from __future__ import annotations

import json

import pytest

from imagelint.rules import catalog
from tests.rules.cases import ROOT, Case, read_cases
from tests.rules.examples import environment, judge

CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case.title}")
    for path in sorted(ROOT.glob("*/*.md"))
    for case in read_cases(path)
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_the_rule_speaks_exactly_where_expected(rule: str, case: Case) -> None:
    options = json.loads(case.options) if case.options else {}
    options = {
        key: tuple(value) if isinstance(value, list) else value for key, value in options.items()
    }
    findings = judge([rule], case.files, environment(case.environment), options)
    anywhere = {name for name, line in case.expected if line == 0}
    found = sorted(
        (
            finding.location.origin,
            0 if finding.location.origin in anywhere else finding.location.start.line,
        )
        for finding in findings
    )
    messages = "\n".join(f"{f.location.start.line}: {f.message}" for f in findings)
    assert found == sorted(case.expected), messages


@pytest.mark.parametrize("name", catalog.names())
def test_every_rule_has_a_case_that_fires_and_one_that_is_silent(name: str) -> None:
    cases = read_cases(ROOT / catalog.family(name) / f"{name}.md")
    assert any(case.expected for case in cases)
    assert any(not case.expected for case in cases)
