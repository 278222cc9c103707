"""The rule `dead-ignore-pattern`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.dockerfile.ignorefile import IgnoreFile
from imagelint.rules.api import Context, Finding, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.ignorefile import IgnorePattern

_COMMENT = pattern(r"\s+#.*")


@rule(IgnoreFile, Severity.LOW)
def dead_ignore_pattern(ignore: IgnoreFile, ctx: Context) -> Findings:
    """A line of an ignore file leaves out nothing.

    A comment begins a line: behind a pattern it is a part of it, and no file is called so. A path
    that begins with `../` is outside of the context, and nothing of it is ever sent. A pattern
    that stands there twice says nothing new.

    Bad (.dockerignore):
        .git
        models/ # they are mounted

    Good (.dockerignore):
        .git
        models/
    """
    seen: set[tuple[str, bool]] = set()
    mixed = len({one.negated for one in ignore.patterns}) > 1  # then their order says something
    for one in ignore.patterns:
        written = ctx.text(one.span)
        comment = _COMMENT.search(written)
        key = (one.pattern, one.negated)
        if comment is not None:
            span = Span(one.span.start + comment.start(), one.span.end)
            yield ctx.finding(
                span,
                f"`{comment[0].strip()[:60]}` is a part of the pattern, and no comment",
                help="write the comment in a line of its own, or remove it",
                subject=one.pattern,
                fix=Fix("remove the comment", (ctx.edit(span, ""),)),
            )
        elif one.pattern.startswith("../"):
            yield _dead(one, "lies outside of the build context, of which nothing is sent", ctx)
        elif key in seen and not mixed:
            yield _dead(one, "stands here twice", ctx)
        seen.add(key)


def _dead(one: IgnorePattern, why: str, ctx: Context) -> Finding:
    return ctx.finding(
        one, f"`{ctx.text(one.span)[:60]}` {why}", help="remove it", subject=one.pattern
    )
