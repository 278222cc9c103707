"""What ShellCheck says about the scripts of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.scriptlint import DIALECTS, LintRequest
from imagelint.documents.shared import EnvVar
from imagelint.documents.shell.script import Script, ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.base import Document
    from imagelint.documents.project import Project
    from imagelint.documents.scriptlint import ScriptComment

# What builds may set without an ARG: https://docs.docker.com/reference/dockerfile/#predefined-args
_PREDEFINED = (
    *("all_proxy", "ftp_proxy", "http_proxy", "https_proxy", "no_proxy"),
    *("ALL_PROXY", "FTP_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
# Their `/bin/sh` is that of busybox.
_BUSYBOX = ("alpine", "busybox")


def lint_request(script: Script, document: Document) -> LintRequest | None:
    """What to ask about a script; None for one in another language, or that is not written whole.

    A health check is one line that is read by others too.
    """
    dialect = DIALECTS.get(script.shell.rpartition("/")[2])
    whole = document.written(script.span) if dialect else ""
    if dialect is None or len(whole) != len(script.text) or not script.text.strip():
        return None
    if script.role is ScriptRole.HEALTHCHECK:
        return None
    if dialect == "sh" and _is_busybox(document, script):
        dialect = "busybox"
    variables: tuple[str, ...] = document.derived(_variables)
    if isinstance(document, Dockerfile) and "proxy" in script.text.lower():
        variables = (*variables, *_PREDEFINED)
    return LintRequest(script.text, dialect, variables)


def lint_requests(document: Document) -> Iterator[LintRequest]:
    """What to ask about all scripts of a document."""
    for script in document.nodes_of(Script):
        request = lint_request(script, document)
        if request is not None:
            yield request
    for embedded in document.embedded:
        yield from lint_requests(embedded.document)


def comments_on(script: Script, document: Document, project: Project) -> Sequence[ScriptComment]:
    """What was answered about a script."""
    request = lint_request(script, document) if project.script_comments else None
    return project.script_comments.get(request.key, ()) if request is not None else ()


def _variables(document: Document) -> tuple[str, ...]:
    """The names that ENV, ARG and the like set, which no script needs to set again."""
    names = {each.name for each in document.nodes_of(EnvVar)}
    return tuple(sorted(name for name in names if name.isidentifier() and name.isascii()))


def _is_busybox(document: Document, script: Script) -> bool:
    stage = enclosing_stage(document, script.span)
    image = stage.root_image.known if stage and stage.root_image else None
    return image is not None and image.repository.rpartition("/")[2] in _BUSYBOX
