"""Findings for the tests of what becomes of them."""

from __future__ import annotations

from imagelint.core.finding import Excerpt, Finding, Location, Severity
from imagelint.core.source import Source, Span


def finding(  # noqa: PLR0913 - the words of a finding, each with a default
    rule: str = "root-user",
    span: tuple[int, int] = (0, 4),
    origin: str = "Dockerfile",
    *,
    subject: str = "",
    severity: Severity = Severity.HIGH,
    path: str = "",
) -> Finding:
    """A finding at a span of a text that nobody looks at."""
    location = Location(origin, Span(*span), path=path)
    return Finding(rule, severity, "it is bad", location, subject=subject)


def located(text: str, span: Span, rule: str = "root-user", origin: str = "a") -> Finding:
    """A finding at a span of a text, with its excerpt of at most five lines."""
    source = Source(origin, text)
    start, end = source.position(span.start), source.position(span.end)
    last = min(end.line, start.line + 4)
    lines = tuple(source.line(number) for number in range(start.line, last + 1))
    location = Location(origin, span, start, end, Excerpt(start.line, lines))
    return Finding(rule, Severity.HIGH, "it is bad", location)
