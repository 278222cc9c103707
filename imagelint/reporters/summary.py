"""For the page of a job on GitHub: markdown within the limits, with everything untrusted escaped.

GitHub drops a job summary above 1 MiB whole, and a comment above 65,536 characters; the report
stays below both, so that it can become either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.reporters.closing import (
    allowed_line,
    change_line,
    examined_line,
    found_line,
    hidden_line,
)
from imagelint.reporters.order import by_severity, problems_by_place, shown
from imagelint.reporters.visible import encodable, visible

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding, Location
    from imagelint.core.report import Problem, Verdict
    from imagelint.reporters.context import ReportContext

# In bytes of UTF-8, of which there are never fewer than characters.
BUDGET = 60_000
_LONGEST_CELL = 300
_MOST_REASONS = 20
_MOST_PROBLEMS = 50
_RESERVED = 200
_DIGEST = pattern(r"(@sha(?:256|512):[0-9a-f]{12})[0-9a-f]+$")
PAGE = pattern(r"https?://[A-Za-z0-9._~/#?=&%-]+")
# Everything with a meaning in GitHub's markdown, also `:` of links and emoji, `@` of people.
_MARKUP = pattern(r"[\\`*_\[\]<>()#!|&~@:$]|^[-+=]|(?<=www)\.|(?<=\d)\.(?=\s)")


_CODE = pattern(r"&#96;((?:(?!&#96;).)+)&#96;")


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The summary, cut by severity to what GitHub takes."""
    yield from summarize(verdict, context, BUDGET)


def summarize(verdict: Verdict, context: ReportContext, budget: int) -> Iterator[str]:
    """The summary in at most `budget` bytes of UTF-8 (at least 20,000), whole lines only."""
    left = budget - _RESERVED
    for text in (_head(verdict, context), _evidence(verdict), _problems(verdict)):
        piece = _within(text, budget // 4)
        left -= len(piece.encode())
        yield piece
    findings = by_severity(shown(verdict.report.findings, context.least))
    if not findings:
        return
    yield "\n| Severity | Rule | Place | Finding |\n|---|---|---|---|\n"
    for number, finding in enumerate(findings):
        row = _row(finding, context)
        left -= len(row.encode())
        if left < 0:
            yield f"\n…and {len(findings) - number} more: see the full report.\n"
            return
        yield row


def escaped(text: str) -> str:
    """Untrusted text on one line that markdown and HTML show as it is, cut when very long."""
    cut = text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"
    return _MARKUP.sub(lambda match: f"&#{ord(match.group())};", visible(cut))


def marked(text: str) -> str:
    """Escaped text in which what stands between backticks shows as code: it has no markup left."""
    return _CODE.sub(r"<code>\1</code>", escaped(text))


def _within(lines: Iterable[str], budget: int) -> str:
    """Lines as long as they fit, and a word when some do not."""
    kept: list[str] = []
    for line in lines:
        budget -= len(line.encode())
        if budget < 0:
            kept.append("\n…cut here: see the full report.\n")
            break
        kept.append(line)
    return "".join(kept)


def _head(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    yield f"## imagelint {escaped(context.command)}: {verdict.outcome.value}\n\n"
    hidden = hidden_line(verdict.report.findings, context.least)
    yield f"- found {found_line(verdict.report)}{hidden}\n"
    if verdict.change is not None:
        yield f"- since {escaped(change_line(verdict.change))}\n"
    if verdict.report.allowed:
        yield f"- allowed {allowed_line(verdict.report.allowed)}\n"
    yield f"- examined {escaped(examined_line(verdict.report))}\n"
    for reason in verdict.reasons[:_MOST_REASONS]:
        yield f"- {marked(reason)}\n"


def _evidence(verdict: Verdict) -> Iterator[str]:
    if not verdict.evidence.entries:
        return
    yield "\n| Evidence | |\n|---|---|\n"
    for name, value in verdict.evidence.entries:
        yield f"| {escaped(name)} | {escaped(value)} |\n"


def _problems(verdict: Verdict) -> Iterator[str]:
    problems = problems_by_place(verdict.report.problems)
    if not problems:
        return
    yield "\n| Not judged | Why | What helps |\n|---|---|---|\n"
    yield from (_problem(problem) for problem in problems[:_MOST_PROBLEMS])
    if len(problems) > _MOST_PROBLEMS:
        yield f"\n…and {len(problems) - _MOST_PROBLEMS} more: see the full report.\n"


def _problem(problem: Problem) -> str:
    why = f"{problem.kind.value}: {problem.detail}"
    return f"| {escaped(problem.origin)} | {marked(why)} | {marked(problem.help)} |\n"


def _row(finding: Finding, context: ReportContext) -> str:
    text = context.describe(finding.rule)
    name = escaped(finding.rule)
    linked = f"[{name}]({text.url})" if text is not None and PAGE.fullmatch(text.url) else name
    path = f"{finding.location.path}: " if finding.location.path else ""
    message = marked(f"{path}{finding.message}")
    return f"| {finding.severity} | {linked} | {_linked(finding.location, context)} | {message} |\n"


def _linked(location: Location, context: ReportContext) -> str:
    """A place with the page of its lines, where there is one that can be told."""
    name, origin = placed(location), location.origin
    inside = location.excerpt.lines and not origin.startswith(("/", "../"))
    if not inside or not PAGE.fullmatch(context.source):
        return name
    from urllib.parse import quote

    path = f"{context.prefix}/{origin}".lstrip("/")
    start, end = location.start.line, location.end.line
    lines = f"#L{start}-L{end}" if end > start else f"#L{start}"
    return f"[{name}]({context.source}/{quote(encodable(path))}{lines})"


def placed(location: Location) -> str:
    """A place as markdown, an image by the beginning of its digest."""
    line = f"&#58;{location.start.line}" if location.excerpt.lines else ""
    return f"{escaped(_DIGEST.sub(_shortened, location.origin))}{line}"


def _shortened(digest: re.Match[str]) -> str:
    return f"{digest.group(1)}…"
