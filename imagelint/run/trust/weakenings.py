"""What the policies of the examined tree loosen, at the lines that do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.files import display
from imagelint.collect.findup import nearest
from imagelint.core.record import NamedTuple
from imagelint.core.source import Source, Span
from imagelint.documents.policyfile import PolicyFile, Weakening
from imagelint.engine.examine import Examination
from imagelint.policy.load import default_policy
from imagelint.policy.trust.attempt import Attempt
from imagelint.policy.trust.compare import weakened
from imagelint.run.policyfiles import POLICY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.report import Report
    from imagelint.documents.policyfile import ExcludedFiles
    from imagelint.policy.model import Policy
    from imagelint.run.policyfiles import PolicyFiles
    from imagelint.run.trust.sources import CommitTrust


class Weakenings:
    """What is loosened in policy files, each thing once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, Source], dict[Weakening | ExcludedFiles, None]] = {}
        self._policies: dict[int, Policy] = {}
        self._told: set[tuple[str, Weakening | ExcludedFiles]] = set()

    def add(
        self, policy: Policy, found: Iterable[tuple[Source, Weakening | ExcludedFiles]]
    ) -> None:
        """What is loosened below a policy, which tells how bad that is."""
        for source, weakening in found:
            if (source.origin, weakening) not in self._told:
                self._told.add((source.origin, weakening))
                self._policies[id(policy)] = policy
                self._found.setdefault((id(policy), source), {})[weakening] = None

    def reports(self) -> Iterator[tuple[Policy, Report]]:
        """The reports about it, under the policies that tell how bad it is."""
        for (which, source), weakenings in self._found.items():
            policy = self._policies[which]
            yield policy, Examination(policy).allowances(PolicyFile(source), weakenings)


def attempted(policy: Policy) -> Iterator[tuple[Source, Weakening]]:
    """What a policy tried to loosen of what is locked against it."""
    while policy.trusted is not None:
        for attempt in policy.trusted.attempts:
            yield _placed(attempt, policy.sources)
        policy = policy.trusted.policy


class Comparison(NamedTuple):
    """The policy files of a folder: at a commit (empty: none), and now (None: none)."""

    former: str
    path: str | None

    @classmethod
    def of(cls, folder: str, trust: CommitTrust) -> Comparison:
        """Those of a folder."""
        return cls(trust.former(folder), nearest(folder, POLICY_NAME))

    @classmethod
    def named(cls, path: str, trust: CommitTrust) -> Comparison:
        """Those of a file that the command line names, by its path in the repository."""
        place = trust.place(path)
        return cls(path, place if os.path.lexists(place) else None)


def compared(
    comparison: Comparison, trust: CommitTrust, files: PolicyFiles
) -> Iterator[tuple[Source, Weakening]]:
    """What a policy says less strictly than it did at a commit.

    Raises:
        PolicyError: it is wrong.
    """
    former, path = comparison
    before = trust.before(former)
    after = default_policy() if path is None else files.load(path)
    attempts, sources = weakened(before, after), after.sources
    if former and not os.path.lexists(trust.place(former)):
        attempts = _removal(former, attempts)
        place = display(trust.place(former))
        sources = tuple(Source(place, source.text) for source in before.sources[-1:])
    for attempt in attempts:
        yield _placed(attempt, sources, trust.commit.name)


def _removal(path: str, attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """That a policy is gone, if what holds instead is weaker."""
    if not attempts:
        return ()
    more = f" and {len(attempts) - 1} more" if len(attempts) > 1 else ""
    return (Attempt("policy", f"`{path}` is removed: {attempts[0].said}{more}", ""),)


def _placed(
    attempt: Attempt, sources: tuple[Source, ...], since: str = ""
) -> tuple[Source, Weakening]:
    """An attempt at its place; what no file says is told where the last one begins."""
    source, span = _place(attempt, sources)
    return source, Weakening(span, attempt.subject, attempt.said, attempt.holder, since)


def _place(attempt: Attempt, sources: tuple[Source, ...]) -> tuple[Source, Span]:
    origin, _, line = attempt.at.rpartition(":")
    for source in sources:
        if attempt.span is not None and source.origin == attempt.at:
            return source, attempt.span
        if source.origin == origin and line.isdigit():
            return source, _line(source, int(line))
    last = sources[-1] if sources else Source(POLICY_NAME, "")
    return last, _line(last, 1)


def _line(source: Source, number: int) -> Span:
    """A line without the blanks around it, counted from 1."""
    start = source.line_starts[number - 1]
    text = source.text[start:].partition("\n")[0]
    start += len(text) - len(text.lstrip())
    return Span(start, start + len(text.strip()))
