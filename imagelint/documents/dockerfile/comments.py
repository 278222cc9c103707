"""Allowances in the comments of a Dockerfile: ours, and those written for other tools."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.base import (
    Allowance,
    Dialect,
    stated_reason,
    trivy_ignores,
    unreadable_allowance,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.dockerfile.syntax.lines import Directive
    from imagelint.documents.shell.script import Script

_OURS = pattern(
    r"#\s*imagelint:\s*allow\s+(?P<rules>[^\s,]+(?:\s*,\s*[^\s,]+)*)"
    r"(?:\s+in\s+(?P<scope>stage|file)\b)?\s*(?:--\s*(?P<reason>.*))?"
)
_HADOLINT = pattern(
    r"#\s*hadolint\s+(?:(?P<scope>global|stage)\s+)?ignore\s*=\s*(?P<rules>\w+(?:\s*,\s*\w+)*)"
)
_TRIVY = pattern(r"#\s*(?:trivy|tfsec):ignore:")
_BUILDKIT = pattern(r"#\s*check\s*=\s*(?P<value>.*)")
_CHECKOV = pattern(r"#\s*(?:checkov|bridgecrew|cortex):skip=(?P<rules>\w+)(?::(?P<reason>.*))?")
_LINE = pattern(r"^[ \t]*(#[ \t]*imagelint\b[^\n]*)", re.MULTILINE)


class InstructionMap(NamedTuple):
    """Where instructions and stages are: all that the scope of a comment depends on."""

    length: int
    instructions: tuple[Instruction, ...]
    starts: tuple[int, ...]
    stages: tuple[Span, ...]

    def next_instruction(self, comment: Span) -> Span:
        """The instruction that a comment stands in or above; empty when there is none."""
        at = bisect_left(self.starts, comment.start)
        if at and self.instructions[at - 1].span.covers(comment):
            return self.instructions[at - 1].span
        if at == len(self.instructions):
            return Span(comment.end, comment.end)
        return self.instructions[at].span

    def stage(self, comment: Span) -> Span:
        """The stage that the next instruction belongs to."""
        place = self.next_instruction(comment).start
        if place == comment.end:
            place = comment.start
        at = bisect_left(self.stages, Span(place + 1, 0)) - 1
        return self.stages[at] if at >= 0 else Span(0, self._first_stage())

    def whole(self) -> Span:
        """The whole file."""
        return Span(0, self.length)

    def _first_stage(self) -> int:
        return self.stages[0].start if self.stages else self.length


def read_allowances(
    text: str, comments: Iterable[Span], directives: Iterable[Directive], places: InstructionMap
) -> Iterator[Allowance]:
    """All allowances of a file in source order."""
    checks = [directive for directive in directives if directive.name == "check"]
    written_down = [directive.span for directive in checks if directive.span.end]
    lines = {text.rfind("\n", 0, span.start) for span in written_down}
    for directive in checks:
        yield from _skipped(directive.value, places.whole(), directive.span)
    for comment in comments:
        if lines and text.rfind("\n", 0, comment.start) in lines:
            continue
        written = text[comment.start : comment.end]
        yield from _allowances(written, comment, places)


def script_allowances(script: Script) -> Iterator[Allowance]:
    """The allowances of a script in a file, each for the next command or for the whole file."""
    start = script.span.start
    commands = sorted(command.span for command in script.commands)
    for match in _LINE.finditer(script.text):
        comment = Span(start + match.start(1), start + match.end(1))
        ours = _OURS.match(match[1])
        if ours is None:
            yield from unreadable_allowance(match[1], comment)
            continue
        at = bisect_left(commands, comment)
        scope = commands[at] if at < len(commands) else Span(comment.end, comment.end)
        scope = script.span if ours["scope"] else scope
        for rule in _names(ours["rules"]):
            yield Allowance(rule, stated_reason(ours["reason"]), scope, comment)


def _skipped(value: str, scope: Span, span: Span) -> Iterator[Allowance]:
    """What `check=` of BuildKit skips: in the whole file, or in the next instruction.

    Nothing where it cannot be read: a build ends at a directive, and passes over a comment. Checks
    that are tried out are switched on by their names, and no `skip=all` reaches them then: `Run` in
    frontend/dockerfile/linter/linter.go of moby/buildkit.
    """
    from imagelint.documents.dockerfile.syntax.checks import check_options

    options = tuple(check_options(value))
    if any(option.fault for option in options):
        return
    skipped = [name for option in options if option.name == "skip" for name in option.names]
    tried = [name for option in options if option.name == "experimental" for name in option.names]
    for rule in filter(None, skipped):
        name, spared = ("*", tuple(tried)) if rule == "all" else (rule, ())
        yield Allowance(name, "", scope, span, Dialect.BUILDKIT, spared=spared)


def _allowances(written: str, comment: Span, places: InstructionMap) -> Iterator[Allowance]:
    if match := _OURS.match(written):
        scope = _scope(match["scope"], comment, places)
        reason = stated_reason(match["reason"])
        for rule in _names(match["rules"]):
            yield Allowance(rule, reason, scope, comment)
    else:
        yield from _of_others(written, comment, places)


def _of_others(written: str, comment: Span, places: InstructionMap) -> Iterator[Allowance]:
    if match := _HADOLINT.match(written):
        scope = _scope("file" if match["scope"] == "global" else match["scope"], comment, places)
        for rule in _names(match["rules"]):
            yield Allowance(rule, "", scope, comment, Dialect.HADOLINT)
    elif _TRIVY.match(written):
        for rule, until in trivy_ignores(written):
            scope = places.next_instruction(comment)
            yield Allowance(rule, "", scope, comment, Dialect.TRIVY, until=until)
    elif match := _BUILDKIT.match(written):
        # What stands behind a blank is the reason.
        options = match["value"].partition(" ")[0]
        yield from _skipped(options, places.next_instruction(comment), comment)
    elif match := _CHECKOV.match(written):
        reason = stated_reason(match["reason"])
        yield Allowance(match["rules"], reason, places.whole(), comment, Dialect.CHECKOV)
    else:
        yield from unreadable_allowance(written, comment)


def _scope(word: str | None, comment: Span, places: InstructionMap) -> Span:
    if word == "file":
        return places.whole()
    return places.stage(comment) if word == "stage" else places.next_instruction(comment)


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[\s,]+", text) if name]
