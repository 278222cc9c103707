"""From a report to a verdict."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.core.report import Evidence, Outcome, Verdict
from imagelint.core.subject import About
from imagelint.engine.group import grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.finding import Finding
    from imagelint.core.report import Examined, Problem, ProblemKind, Report


class Expected(NamedTuple):
    """Something that was asked for: one such document must have been examined.

    `name` is what a reader calls it. `kind` is the kind of document; without one, any will do that
    is about `about`, or about anything but a policy.
    """

    name: str = "file"
    about: About | None = None
    kind: str = ""

    def met_by(self, examined: Examined) -> bool:
        """Whether that is such a document."""
        if self.kind:
            return examined.kind == self.kind
        if self.about is not None:
            return examined.about is self.about
        return examined.about is not About.POLICY


class AllowedLimit(NamedTuple):
    """How many allowed findings there are, and how many a policy lets a passing verdict have.

    `where` tells where the policy says so.
    """

    found: int
    most: int
    where: str = ""

    def together(self, other: AllowedLimit | None) -> AllowedLimit:
        """The limit for all that both count, which one policy sets."""
        return self if other is None else self._replace(found=self.found + other.found)


class Bounds(NamedTuple):
    """What the policies of the parts of a run let pass.

    `thresholds` are the lowest severities that fail of findings about an origin, where it is not
    that of the whole run. `limits` are those on what is allowed. `older` is what was there before
    a change, where a policy lets that fail. `new` says that what was there before is not reported.
    """

    thresholds: Mapping[str, Severity] = {}
    limits: tuple[AllowedLimit, ...] = ()
    older: tuple[Finding, ...] = ()
    new: bool = False


def decide(
    report: Report,
    fail_on: Severity,
    asked: Iterable[Expected] = (Expected(),),
    evidence: Evidence = Evidence(),  # noqa: B008 - it cannot be changed
    bounds: Bounds = Bounds(),  # noqa: B008 - it cannot be changed
) -> Verdict:
    """Pass only if all that was asked for was examined and nothing at or above `fail_on` remains.

    Nothing examined is not a pass; could not tell is not a pass. A violation fails even where
    something else could not be told; the reasons then say both. So does more that is allowed than
    `bounds` let pass. Findings of one cause count as one, as bad as the worst of them.
    """
    report = report._replace(findings=grouped(report.findings))
    by_threshold = _by_threshold(report.findings, fail_on, bounds)
    violated = tuple(
        reason
        for lowest in sorted(by_threshold, reverse=True)
        for reason in _violations(by_threshold[lowest], lowest)
    )
    violated = (*violated, *_older(fail_on, bounds), *_exceeded(bounds.limits))
    untold = (*_unexamined(report, asked), *_problems(report))
    if violated:
        return Verdict(Outcome.FAIL, (*violated, *untold), report, evidence)
    if untold:
        return Verdict(Outcome.INCOMPLETE, untold, report, evidence)
    bound = str(fail_on) if len(by_threshold) == 1 else "what fails"
    return Verdict(Outcome.PASS, (_pass(report, bound, bounds),), report, evidence)


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 finding`, `2 findings`."""
    plural = noun if number == 1 else f"{noun}s"
    return f"{number:,} {plural}"


def _by_threshold(
    findings: Iterable[Finding], fail_on: Severity, bounds: Bounds
) -> dict[Severity, list[Finding]]:
    """Findings by the lowest severity that fails where they are."""
    found: dict[Severity, list[Finding]] = {fail_on: []}
    for finding in findings:
        lowest = bounds.thresholds.get(finding.location.origin, fail_on)
        found.setdefault(lowest, []).append(finding)
    return found


def _older(fail_on: Severity, bounds: Bounds) -> Iterator[str]:
    for lowest, findings in _by_threshold(grouped(bounds.older), fail_on, bounds).items():
        for reason in _violations(findings, lowest):
            yield f"{reason} (not new; `since: all`)"


def _violations(findings: Iterable[Finding], fail_on: Severity) -> Iterator[str]:
    found_of = Counter(finding.severity for finding in findings)
    counts = {
        severity: found_of[severity]
        for severity in sorted(Severity, reverse=True)
        if severity >= fail_on
    }
    total = sum(counts.values())
    if total:
        parts = ", ".join(f"{found} {severity}" for severity, found in counts.items() if found)
        bound = "" if fail_on is Severity.CRITICAL else " or above"
        yield f"{count(total, 'finding')} at {fail_on}{bound}: {parts}"


def _exceeded(limits: Iterable[AllowedLimit]) -> Iterator[str]:
    for limit in limits:
        if limit.found > limit.most:
            where = f" ({limit.where})" if limit.where else ""
            yield f"{count(limit.found, 'allowed finding')}, at most {limit.most:,} may be{where}"


def _unexamined(report: Report, asked: Iterable[Expected]) -> Iterator[str]:
    for expected in asked:
        if any(map(expected.met_by, report.examined)):
            continue
        if not expected.kind and report.examined and _only_policies(report):
            yield f"no {expected.name} was examined, only a policy: name what it judges"
        else:
            yield f"no {expected.name} was examined"


def _only_policies(report: Report) -> bool:
    return all(examined.about is About.POLICY for examined in report.examined)


def _problems(report: Report) -> Iterator[str]:
    by_kind: dict[ProblemKind, list[Problem]] = {}
    for problem in report.problems:
        by_kind.setdefault(problem.kind, []).append(problem)
    for kind, problems in by_kind.items():
        first = problems[0].origin
        more = f" and {len(problems) - 1:,} more" if len(problems) > 1 else ""
        yield f"{count(len(problems), 'problem')} ({kind.value}): {first}{more}"


def _pass(report: Report, bound: str, bounds: Bounds) -> str:
    below, limits = len(report.findings), bounds.limits
    noun = "new finding" if bounds.new else "finding"
    told = f"{count(len(report.examined), 'document')} examined"
    most = f" of at most {limits[0].most:,}" if len(limits) == 1 else ""
    allowed = f", {len(report.allowed):,} allowed{most}" if report.allowed else ""
    if below:
        return f"{told}, {count(below, noun)} below {bound}{allowed}"
    return f"{told}, no {noun}s{allowed}"
