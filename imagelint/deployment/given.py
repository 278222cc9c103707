"""Dockerfiles as they are built that are given arguments and a stage on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.environment import GivenBuild
    from imagelint.core.fact import Fact
    from imagelint.documents.base import Document
    from imagelint.documents.kinds import Beside


def with_build(document: Document, given: GivenBuild, read: Beside) -> Document | Problem:
    """A document as it is built; others than Dockerfiles are left as they are.

    `read` gives the texts of the files that it names. A problem for a Dockerfile that has no such
    stage: its build ends before it begins.
    """
    from imagelint.documents.dockerfile.document import Dockerfile

    if not isinstance(document, Dockerfile):
        return document
    from imagelint.deployment.builds import stage_named

    if stage_named(document, given.target) is None and given.target:
        names = ", ".join(f"`{stage.name}`" for stage in document.stages if stage.name)
        help_ = f"its stages are {names}" if names else "none of its stages has a name"
        detail = f"it has no stage `{given.target}`, which `--target` asks for"
        return Problem(ProblemKind.UNREADABLE, document.source.origin, detail, help_)
    from imagelint.documents.dockerfile.reading import parse_dockerfile

    return parse_dockerfile(
        document.source,
        read=read,
        arguments=dict(_arguments(given)),
        target=given.target,
    )


def _arguments(given: GivenBuild) -> Iterator[tuple[str, Fact[str]]]:
    """The values by name, without those of secrets: they stand nowhere in the file."""
    from imagelint.documents.secrets.names import is_secret_name
    from imagelint.documents.secrets.values import secret_kind

    for name, value in given.arguments:
        if not (is_secret_name(name) or secret_kind(value)):
            yield name, Known(value)
