"""From a tag that somebody lists to the image under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.targets import lies_beside, tagged
from imagelint.core.pattern import pattern
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.sources.model import Found

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_TAG = pattern(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def under_tag(repository: str, tag: str, digest: str = "", pushed: str = "") -> Iterator[Found]:
    """The image under a tag; nothing for what lies beside images, a problem where it is no tag."""
    if not _TAG.fullmatch(tag):
        detail = f"the tag `{tag}` is listed, which is none"
        yield Problem(ProblemKind.UNPARSABLE, repository, detail)
    elif not lies_beside(tag):
        yield tagged(repository, tag, digest, pushed)
