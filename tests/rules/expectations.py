"""Whether what a rule said is what its case expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.rules import catalog
from tests.rules.projects import is_aside, is_baseline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding
    from tests.rules.cases import Case, Expectation
    from tests.rules.projects import Told


_PARTS = (".sh", "pyproject.toml", "uv.lock", "poetry.lock", "environment.yml")


def disagreements(case: Case, told: Told) -> list[str]:
    """In words, all that is other than the case says; empty when it is as expected."""
    return [*_unexamined(case, told), *_places(case, told), *_marks(case, told)]


def _unexamined(case: Case, told: Told) -> Iterator[str]:
    problems = sorted((problem.kind.value, problem.origin) for problem in told.report.problems)
    for problem in told.report.problems:
        if problem.kind is ProblemKind.RULE_CRASHED:
            yield f"{problem.origin}: {problem.detail}"
    if problems != sorted(case.problems):
        yield f"problems: {problems}"
    examined = {one.origin for one in told.report.examined}
    others = {*case.ignored, *(file for _, file in case.problems)}
    # A script is no document of its own: it is a part of the Dockerfile that runs it, as is a list
    # of what a project needs. Nor is what lies outside, nor a baseline.
    parts = {
        file for file in case.files if file.endswith(_PARTS) or is_aside(file) or is_baseline(file)
    }
    # What has a problem may be examined as far as it goes.
    missing = set(case.files) - examined - parts
    if not set(case.ignored) <= missing <= others:
        yield f"not examined: {sorted(set(case.files) - examined)}"


def _places(case: Case, told: Told) -> Iterator[str]:
    anywhere = _anywhere(case)
    expected = sorted((one.file, one.line) for one in case.expected)
    found = sorted(_place(finding, anywhere) for finding in told.findings)
    if found != expected:
        yield f"places: {found} instead of {expected}"
        yield from (f"{_place(one, anywhere)}: {one.message}" for one in told.findings)


def _marks(case: Case, told: Told) -> Iterator[str]:
    for expectation, finding in matched(case, told):
        yield from (f"{_words(expectation)}: {wrong}" for wrong in _wrong(expectation, finding))


def _wrong(expectation: Expectation, finding: Finding) -> Iterator[str]:
    rule = catalog.load(finding.rule)
    if finding.severity is not (expectation.severity or rule.severity):
        yield f"the severity is {finding.severity}"
    if finding.confidence is not (expectation.confidence or rule.confidence):
        yield f"the confidence is {finding.confidence.value}"
    if expectation.severity is rule.severity:
        yield f"{rule.severity} is the rule's own severity and need not be said"
    if expectation.confidence is rule.confidence:
        yield f"{rule.confidence.value} is the rule's own confidence and need not be said"
    if expectation.part not in finding.message:
        yield f"the message is {finding.message!r}"


def matched(case: Case, told: Told) -> Iterator[tuple[Expectation, Finding]]:
    """Each expectation with its finding: at one place the first mark is about the first finding."""
    anywhere = _anywhere(case)
    by_place: dict[tuple[str, int], list[Finding]] = {}
    for finding in told.findings:
        by_place.setdefault(_place(finding, anywhere), []).append(finding)
    for expectation in case.expected:
        waiting = by_place.get((expectation.file, expectation.line))
        if waiting:
            yield expectation, waiting.pop(0)


def _anywhere(case: Case) -> frozenset[str]:
    return frozenset(one.file for one in case.expected if one.line == 0)


def _place(finding: Finding, anywhere: frozenset[str]) -> tuple[str, int]:
    origin = finding.location.origin
    return origin, 0 if origin in anywhere else finding.location.start.line


def _words(expectation: Expectation) -> str:
    return f"{expectation.file}:{expectation.line or '*'}"
