"""What ShellCheck says about all scripts of a run, where a policy asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.collect.files import FoundFile
    from imagelint.documents.base import Document
    from imagelint.documents.scriptlint import Comments, LintRequest
    from imagelint.policy.model import Policy
    from imagelint.run.policies import Policies
    from imagelint.run.reading.index import FileIndex

RULE = "shell-mistake"


class ShellChecks(NamedTuple):
    """The comments on scripts by their keys, and what went wrong, by the file it is told of."""

    comments: Comments
    problems: Mapping[str, Problem]


NO_CHECKS = ShellChecks({}, {})


def is_asked(found: FoundFile, policies: Policies) -> bool:
    """Whether the policy of a file has the rule on."""
    return policies.of(os.path.dirname(found.path) or ".").enables(RULE)


def asker(policy: Policy) -> str:
    """Who answers where a policy asks: a result holds as long as it is the same program."""
    if not policy.enables(RULE):
        return ""
    from imagelint.collect.tools.shellcheck import program

    path = program()
    status = os.stat(path) if path else None
    return f"{path} {status.st_size} {status.st_mtime_ns}" if status else ""


def check_text(document: Document | Report) -> ShellChecks:
    """Ask about the scripts of one document."""
    from imagelint.documents.queries.shellcomments import lint_requests

    if isinstance(document, Report):
        return NO_CHECKS
    return _ask(list(lint_requests(document)), document.source.origin)


def check_shell(files: Iterable[FoundFile], policies: Policies, index: FileIndex) -> ShellChecks:
    """Ask about the scripts of all files whose policies have the rule on, in one process."""
    asked = [found for found in files if is_asked(found, policies)]
    if not asked:
        return NO_CHECKS
    from imagelint.documents.queries.shellcomments import lint_requests

    requests: list[LintRequest] = []
    first = ""
    for found in asked:
        document = index.document(found)
        if document is None or isinstance(document, Report):
            continue
        own = list(lint_requests(document))
        first = first or (found.origin if own else "")
        requests += own
    return _ask(requests, first)


def _ask(requests: list[LintRequest], first: str) -> ShellChecks:
    from imagelint.collect.tools.shellcheck import check_scripts, missing, program

    if not requests:
        return NO_CHECKS
    path = program()
    answer = check_scripts(path, requests, first) if path else missing(first)
    if isinstance(answer, Problem):
        return ShellChecks({}, {first: answer})
    return ShellChecks(answer, {})
