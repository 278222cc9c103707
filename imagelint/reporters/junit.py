"""For CI systems that show test results: each finding is a failed test of what was examined.

The dialect that Jenkins, GitLab, Azure Pipelines and CircleCI read:
https://github.com/testmoapp/junitxml. What could not be judged is an error, what is allowed is
skipped with its reason, and what was examined without a finding is a test that passed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from imagelint.core.record import NamedTuple
from imagelint.reporters.order import allowed_by_place, by_place
from imagelint.reporters.unjudged import unjudged
from imagelint.reporters.visible import visible, visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.core.report import Allowed, Problem, Verdict
    from imagelint.reporters.context import ReportContext

_TOLD = {"failure": "failures", "error": "errors", "skipped": "skipped"}
_EXAMINED = "examined"
_NOWHERE = "imagelint"
# Two code points that UTF-8 can hold and XML cannot: https://www.w3.org/TR/xml/#charsets.
_NO_XML = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}


class _Case(NamedTuple):
    """One test: its name, the element that tells how it ended (empty: well), with its text."""

    name: str
    told: str = ""
    message: str = ""
    kind: str = ""
    text: str = ""


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """One suite for each file or image."""
    found = suites(verdict)
    yield from written(
        context, sum((one.counts for one in found), Counter()), (one.text for one in found)
    )


class Suite(NamedTuple):
    """The tests of a file or an image, and how many of them ended how."""

    text: str
    counts: Counter[str]


def written(context: ReportContext, counts: Counter[str], texts: Iterable[str]) -> Iterator[str]:
    """The whole of some suites."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{_attributes(f'imagelint {context.command}', counts)}>\n"
    yield from texts
    yield "</testsuites>\n"


def suites(verdict: Verdict) -> tuple[Suite, ...]:
    """The suites of a verdict."""
    return tuple(_suite(name, cases) for name, cases in _suites(verdict).items())


def _suite(name: str, cases: list[_Case]) -> Suite:
    counts = Counter(_TOLD[case.told] for case in cases if case.told)
    counts["tests"] = len(cases)
    inside = "".join(_case(name, case) for case in cases)
    text = f"  <testsuite{_attributes(name, counts)}>\n{inside}  </testsuite>\n"
    return Suite(text, counts)


def _suites(verdict: Verdict) -> dict[str, list[_Case]]:
    report = verdict.report
    suites: dict[str, list[_Case]] = {each.origin: [] for each in sorted(set(report.examined))}
    for finding in by_place(report.findings):
        suites.setdefault(finding.location.origin, []).append(_failure(finding))
    for problem in unjudged(verdict):
        suites.setdefault(problem.origin or _NOWHERE, []).append(_error(problem))
    for allowed in allowed_by_place(report.allowed):
        suites.setdefault(allowed.finding.location.origin, []).append(_skipped(allowed))
    return {
        origin: cases or [_Case(_EXAMINED)]
        for origin, cases in sorted(suites.items(), key=lambda suite: suite[0])
    }


def _name(finding: Finding) -> str:
    location = finding.location
    at = f":{location.start.line}" if location.excerpt.lines else ""
    about = location.path or finding.subject
    return f"{finding.rule}{at} {about}".rstrip()


def _failure(finding: Finding) -> _Case:
    lines = [finding.message, finding.help, *finding.location.excerpt.lines]
    text = "\n".join(visible(line) for line in lines if line)
    return _Case(_name(finding), "failure", finding.message, str(finding.severity), text)


def _error(problem: Problem) -> _Case:
    return _Case(problem.kind.value, "error", problem.detail, problem.kind.value, problem.help)


def _skipped(allowed: Allowed) -> _Case:
    until = f" (until {allowed.until})" if allowed.until else ""
    said = f"{allowed.kind.value}: {allowed.reason}{until}"
    return _Case(_name(allowed.finding), "skipped", said)


def _attributes(name: str, counts: Counter[str]) -> str:
    numbers = "".join(f' {key}="{counts[key]}"' for key in ("tests", *_TOLD.values()))
    return f" name={_quoted(name)}{numbers}"


def _case(suite: str, case: _Case) -> str:
    begin = f"    <testcase classname={_quoted(suite)} name={_quoted(case.name)}"
    if not case.told:
        return f"{begin}/>\n"
    kind = f" type={_quoted(case.kind)}" if case.kind else ""
    message = f" message={_quoted(case.message)}"
    text = escape(visible_lines(case.text).translate(_NO_XML))
    return f"{begin}><{case.told}{message}{kind}>{text}</{case.told}></testcase>\n"


def _quoted(text: str) -> str:
    return quoteattr(visible(text).translate(_NO_XML))
