from __future__ import annotations

from itertools import pairwise

import pytest

from imagelint.rules import catalog
from imagelint.rules.documentation import Example, read_documentation
from tests.rules.fixes import apply_fixes, has_fix
from tests.rules.projects import Given, Told, environment, examine_files, is_aside, is_baseline

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{'bad' if example.bad else 'good'}-{number}")
    for name in catalog.names()
    for number, example in enumerate(read_documentation(catalog.load(name).doc).examples)
]
PAIRS = [
    pytest.param(name, bad, good, id=name)
    for name in catalog.names()
    for bad, good in pairwise(read_documentation(catalog.load(name).doc).examples)
    if bad.bad and not good.bad
]


def examine(name: str, example: Example) -> Told:
    under = Given(environment=environment(example.declared))
    told = examine_files(name, dict(example.files), under)
    assert told.report.problems == ()
    files = {file for file, _ in example.files if not (is_aside(file) or is_baseline(file))}
    assert {one.origin for one in told.report.examined} == files
    return told


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_bad_fires_and_good_is_silent(name: str, example: Example) -> None:
    findings = examine(name, example).findings
    assert bool(findings) == example.bad, verdict(name, example)


def verdict(name: str, example: Example) -> str:
    if example.bad:
        return f"{name} says nothing about its Bad: mend the example, or the condition"
    return f"{name} speaks about its Good: mend the example, or make the rule silent there"


@pytest.mark.parametrize("name", catalog.names())
def test_every_rule_shows_what_is_bad_and_what_is_good(name: str) -> None:
    examples = read_documentation(catalog.load(name).doc).examples
    assert {example.bad for example in examples} == {True, False}


@pytest.mark.parametrize(("name", "bad", "good"), PAIRS)
def test_good_is_what_the_fix_makes_of_bad(name: str, bad: Example, good: Example) -> None:
    findings = examine(name, bad).findings
    if has_fix(findings):
        files = dict(bad.files)
        assert files | apply_fixes(files, findings) == dict(good.files)
