"""From a tag that somebody lists to the image under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.targets import Target, lies_beside, tagged
from imagelint.core.pattern import pattern
from imagelint.core.reference import parse_reference, reference_fault
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.sources.model import Found

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_TAG = pattern(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_LONGEST = 255


def under_tag(repository: str, tag: str, digest: str = "", pushed: str = "") -> Iterator[Found]:
    """The image under a tag; nothing for what lies beside images, a problem where it is no tag."""
    if not _is_repository(repository):
        yield no_repository(repository)
    elif not _TAG.fullmatch(tag):
        detail = f"the tag `{tag}` is listed, which is none"
        yield Problem(ProblemKind.UNPARSABLE, repository, detail)
    elif not lies_beside(tag):
        yield tagged(repository, tag, digest, pushed)


def untagged(repository: str, digest: str, pushed: str = "") -> Found:
    """The image of a digest; a problem where its repository has no name of one."""
    if not _is_repository(repository):
        return no_repository(repository)
    return Target(f"{repository}@{digest}", repository, "", digest, pushed)


def no_repository(name: str) -> Problem:
    """The problem that something is listed that is no name of a repository."""
    return Problem(ProblemKind.UNPARSABLE, name[:_LONGEST], "is listed, and is no repository")


def _is_repository(name: str) -> bool:
    parsed = None if reference_fault(name) else parse_reference(name)
    return parsed is not None and not parsed.tag and not parsed.digest
