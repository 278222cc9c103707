"""How the text report ends: what was allowed and examined, on what it rests, and the verdict."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.report import AllowanceKind, IgnoreReason
from imagelint.reporters.order import (
    SEVERITIES,
    allowed_by_place,
    examined_by_name,
    severity_counts,
)
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.finding import Finding, Severity
    from imagelint.core.report import Allowed, Change, Ignored, Report, Verdict
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.paint import Paint

_MOST_REASONS = 20
_POLICY = "policy"
# Baselines and exemptions are decided elsewhere and can be long: they are counted, not listed.
_LISTED = (
    *(AllowanceKind.INLINE, AllowanceKind.ANNOTATION, AllowanceKind.WAIVER),
    AllowanceKind.VEX,
)


IGNORED: dict[IgnoreReason, str] = {
    IgnoreReason.NO_KIND: "of no kind that is examined",
    IgnoreReason.OTHER_TOOL: "of tools that are not read, such as Terraform",
    IgnoreReason.EXCLUDED: "excluded by the policy",
    IgnoreReason.UNRENDERED: "templates that make nothing with their values",
    IgnoreReason.LINK: "only a link",
    IgnoreReason.HIDDEN: "that git ignores or tools installed",
    IgnoreReason.NOT_CHECKED_OUT: "tracked by git and not checked out",
}


def closing(verdict: Verdict, paint: Paint, context: ReportContext) -> Iterator[str]:
    """The last lines of the report."""
    yield from _ignored(verdict.report.ignored if context.verbose else ())
    if context.statistics:
        yield from statistics(verdict.report.findings)
        yield ""
    yield from _evidence(verdict)
    yield from _allowed(verdict.report.allowed)
    for name, value in verdict.evidence.entries:
        if name == _POLICY:
            yield f"policy   {visible(value)}"
    yield f"examined {examined_line(verdict.report)}"
    hidden = hidden_line(verdict.report.findings, context.least)
    yield f"found    {found_line(verdict.report)}{hidden}"
    if verdict.change is not None:
        yield f"since    {visible(change_line(verdict.change))}"
    word = verdict.outcome.value
    yield f"verdict  {paint(word, word)}"
    for reason in verdict.reasons:
        yield f"         - {visible(reason)}"


def statistics(findings: Iterable[Finding]) -> Iterator[str]:
    """How many findings there are of each rule, the most first."""
    counts = Counter((finding.rule, finding.severity) for finding in findings)
    width = len(str(max(counts.values(), default=0)))
    for (rule, severity), number in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"{number:>{width}}  {severity!s:<8}  {visible(rule)}"


def hidden_line(findings: Iterable[Finding], least: Severity | None) -> str:
    """`, 3 below high not shown`, or nothing."""
    below = sum(least is not None and finding.severity < least for finding in findings)
    return f", {below} below {least} not shown" if below else ""


def found_line(report: Report) -> str:
    """`3 findings (1 high, 2 low), 1 problem`."""
    problems = Counter(problem.kind.value for problem in report.problems)
    return found_words(severity_counts(report.findings), problems)


def found_words(severities: Mapping[Severity, int], problems: Mapping[str, int]) -> str:
    """The same by numbers: findings by severity, and problems by kind."""
    counts = {str(level): severities[level] for level in SEVERITIES}
    found = _counted(sum(counts.values()), "finding", counts)
    if total := sum(problems.values()):
        found += f", {_counted(total, 'problem', dict(sorted(problems.items())))}"
    return found


def examined_line(report: Report) -> str:
    """`2 documents (1 compose, 1 dockerfile), 1 ignored (1 excluded by the policy)`."""
    kinds = Counter(each.kind for each in examined_by_name(report.examined))
    return examined_words(kinds, Counter(each.reason for each in set(report.ignored)))


def examined_words(kinds: Mapping[str, int], reasons: Mapping[IgnoreReason, int]) -> str:
    """The same by numbers: what was examined by kind, and what was ignored by reason."""
    line = _counted(sum(kinds.values()), "document", dict(sorted(kinds.items())))
    if not reasons:
        return line
    why = ", ".join(
        f"{reasons[reason]} {IGNORED[reason]}" for reason in IgnoreReason if reason in reasons
    )
    return f"{line}, {sum(reasons.values())} ignored ({why})"


def change_line(change: Change) -> str:
    """`origin/main (1a2b3c4d5e6f): 120 findings unchanged, 2 mended; 1 problem unchanged`."""
    count = len(change.unchanged)
    said = f"{change.since}: {count:,} finding{'' if count == 1 else 's'} unchanged"
    said += f", {len(change.mended):,} mended"
    problems = len(change.problems)
    more = f"; {problems} problem{'' if problems == 1 else 's'} unchanged" if problems else ""
    return f"{said}{more}"


def allowed_line(allowed: Iterable[Allowed]) -> str:
    """`3 findings (2 inline, 1 waiver)`."""
    return allowed_words(Counter(each.kind.value for each in allowed))


def allowed_words(kinds: Mapping[str, int]) -> str:
    """The same by numbers: what is allowed by kind."""
    return _counted(sum(kinds.values()), "finding", dict(sorted(kinds.items())))


def _counted(total: int, noun: str, parts: dict[str, int]) -> str:
    """A number with its noun, and what it is made of."""
    inside = ", ".join(f"{count} {visible(name)}" for name, count in parts.items() if count)
    return f"{total} {noun}{'' if total == 1 else 's'}" + (f" ({inside})" if inside else "")


def _ignored(ignored: Iterable[Ignored]) -> Iterator[str]:
    """Each file that was left alone, and why."""
    each_once = sorted(set(ignored), key=lambda each: each.origin)
    if not each_once:
        return
    yield "ignored"
    for each in each_once:
        yield f"  {visible(each.origin)}: {IGNORED[each.reason]}"
    yield ""


def _evidence(verdict: Verdict) -> Iterator[str]:
    entries = [entry for entry in verdict.evidence.entries if entry[0] != _POLICY]
    if not entries:
        return
    width = max(len(visible(name)) for name, _ in entries)
    yield "evidence"
    for name, value in entries:
        yield f"  {visible(name):<{width}}  {visible(value)}"
    yield ""


def _allowed(allowed: tuple[Allowed, ...]) -> Iterator[str]:
    if not allowed:
        return
    yield f"allowed  {allowed_line(allowed)}"
    reasons: dict[tuple[str, AllowanceKind, str, str], list[str]] = {}
    for each in allowed_by_place(allowed):
        if each.kind in _LISTED:
            location = each.finding.location
            about = "" if location.excerpt.lines else each.finding.subject
            rule = f"{each.finding.rule} {about}".rstrip()
            key = (rule, each.kind, each.reason, each.until)
            reasons.setdefault(key, []).append(f"{location.origin}:{location.start.line}")
    for (rule, kind, reason, until), places in list(reasons.items())[:_MOST_REASONS]:
        at = places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more"
        by = f"{kind.value} until {until}" if until else kind.value
        head = f"  = note: allowed {visible(rule)} at {visible(at)}"
        yield f"{head} ({visible(by)}): {visible(reason)}"
    if len(reasons) > _MOST_REASONS:
        yield f"  = note: and {len(reasons) - _MOST_REASONS} more reasons"
