"""Baseline files of the command line and of policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.collect.commit import Commit
    from imagelint.core.source import Source
    from imagelint.documents.policyfile import GrownBaseline
    from imagelint.engine.baseline import Baseline


def read_file(path: str) -> Baseline:
    """The baseline of a file.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    from imagelint.collect.read import decode, read_bytes
    from imagelint.core.report import Problem
    from imagelint.engine.baseline import read_baseline

    data = read_bytes(path, path)
    if isinstance(data, Problem):
        help_ = "write one with --write-baseline"
        raise UsageError(Diagnostic(f"the baseline cannot be read: {data.detail}", path, help_))
    text = decode(data, path)
    if text.source is None:
        raise UsageError(Diagnostic(f"the baseline {text.problems[0].detail}", path))
    return read_baseline(text.source)


def read_at(path: str, commit: Commit) -> Baseline:
    """The baseline of a file as it stands at a commit; outside of its repository, as it is.

    Raises:
        UsageError: it is not there, or is none.
    """
    from imagelint.engine.baseline import read_baseline

    try:
        commit.path_of(path)
    except ValueError:
        return read_file(path)
    try:
        source = commit.read(path)
    except ValueError as error:
        help_ = "a baseline counts from the commit on that holds it"
        raise UsageError(Diagnostic(f"the baseline cannot be read: {error}", path, help_)) from None
    return read_baseline(source)


def grown(path: str, commit: Commit) -> Iterator[tuple[Source, GrownBaseline]]:
    """What a baseline of the examined tree holds that it did not hold at a commit, if anything.

    Nothing is told of one that cannot be read.
    """
    from collections import Counter

    from imagelint.collect.read import decode, read_bytes
    from imagelint.core.report import Problem
    from imagelint.core.source import Span
    from imagelint.documents.policyfile import GrownBaseline
    from imagelint.engine.baseline import Baseline, read_baseline

    data = read_bytes(path, path)
    source = None if isinstance(data, Problem) else decode(data, path).source
    if source is None:
        return
    try:
        now = read_baseline(source)
    except UsageError:
        return
    try:
        before = read_at(path, commit)
    except UsageError:
        before = Baseline()
    new = [entry for mark, entry in now.entries.items() if mark not in before.entries]
    if new:
        rules = Counter(entry.rule for entry in new)
        listed = ", ".join(f"{rule} ({number})" for rule, number in sorted(rules.items()))
        start = max(0, source.text.find(new[0].fingerprint))
        span = Span(start, start + len(new[0].fingerprint))
        yield source, GrownBaseline(span, len(new), listed, commit.name)
