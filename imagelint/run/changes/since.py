"""What a change brings: the findings of the files as they are, without those that were there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.commit import read_commit
from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.collect.read import read_bytes
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.fingerprint import fingerprints
from imagelint.core.report import AllowanceKind, Allowed, Problem
from imagelint.run.exclusions import Exclusions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.collect.commit import Commit
    from imagelint.core.finding import Finding
    from imagelint.engine.baseline import Baseline
    from imagelint.engine.waivers import SuppressionResult
    from imagelint.run.session import Session


def without_older(
    result: SuppressionResult,
    session: Session,
    paths: tuple[str, ...],
    ref: str,
    baseline: Baseline | None,
) -> SuppressionResult:
    """A result without the findings that were there at a commit, which are allowed.

    The files are judged as they were there, by the policy of now. What is the same is known by its
    content, as in a baseline, but whatever it is about.

    Raises:
        UsageError: there is no such commit, or no files are examined.
    """
    if not paths:
        raise UsageError(Diagnostic("--since is about files, not about standard input (`-`)"))
    report = result.report
    commit = read_commit(ref, paths[0], "--since")
    texts, added = _texts_at(commit, session, paths)
    if texts or added:
        before = session._replace(texts={**texts, **dict.fromkeys(added, "")})
        reports = before.check(paths)
        then = session.suppress(reports, baseline, paths=paths).report.findings
        older = [each for each in then if each.location.origin not in added]
    else:
        older = list(report.findings)
    new, old = _apart(report.findings, older)
    reason = f"was there at {commit.name}"
    allowed = (Allowed(finding, AllowanceKind.BASELINE, reason) for finding in old)
    left = report._replace(findings=tuple(new), allowed=(*report.allowed, *allowed))
    return result._replace(report=left)


def _apart(
    findings: Iterable[Finding], older: Iterable[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """The findings that are new, and those that are not."""
    known = set(fingerprints(tuple(older)))
    given = tuple(findings)
    marked = tuple(zip(given, fingerprints(given), strict=True))
    new = [finding for finding, mark in marked if mark not in known]
    return new, [finding for finding, mark in marked if mark in known]


def _texts_at(
    commit: Commit, session: Session, paths: tuple[str, ...]
) -> tuple[dict[str, str], frozenset[str]]:
    """The texts at the commit of the files that are others now, and the origins of new files."""
    listing = find(paths, Exclusions(session.policies, session.exclude).leave_out, list_files)
    texts: dict[str, str] = {}
    added: set[str] = set()
    for found in listing.files:
        data = read_bytes(found.target or found.path, found.origin, found.within)
        if isinstance(data, Problem) or commit.is_same(found.path, data):
            continue
        try:
            texts[found.origin] = commit.read(found.path).text
        except ValueError:
            added.add(found.origin)
    return texts, frozenset(added)
