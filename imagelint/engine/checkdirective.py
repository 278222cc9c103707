"""What a Dockerfile tells BuildKit's checks about itself: `# check=error=true`.

https://docs.docker.com/reference/dockerfile/#check. What `skip` says is an allowance; see
`documents/dockerfile/comments.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.finding import Finding
    from imagelint.documents.base import Document

_BUILDKIT = "buildkit"


def ends_build(document: Document) -> bool:
    """Whether a file wants its build to end when BuildKit has anything to say about it."""
    if document.kind != "dockerfile":
        return False
    from imagelint.documents.dockerfile.document import Dockerfile

    check = document.directives.get("check", "") if isinstance(document, Dockerfile) else ""
    if not check:
        return False
    from imagelint.documents.dockerfile.syntax.checks import check_options

    return any(option.name == "error" and option.is_true for option in check_options(check))


def as_errors(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; those that answer to one of BuildKit's checks are of high severity at least."""
    for finding in findings:
        if finding.severity < Severity.HIGH and _answers(finding):
            yield finding._replace(severity=Severity.HIGH)
        else:
            yield finding


def _answers(finding: Finding) -> bool:
    told = finding.references
    if told is None and catalog.is_custom(finding.rule):
        return False
    references = catalog.load(finding.rule).references if told is None else told
    return catalog.answers(references, _BUILDKIT)
