"""Ask ShellCheck about scripts: one process for all of them.

Its own files of settings (`.shellcheckrc`) are not read, and no file that a script names.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.process import ProcessLimits, ProcessRequest, find, run
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.scriptlint import LintRequest, distinct, read_comments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.scriptlint import Comments

INSTALL = "`pip install imagelint[shell]`, or see https://www.shellcheck.net"
# What holds for files of their own: no shebang, sources that are not there, dialects we name.
_NOT_ASKED = "SC1090,SC1091,SC2148,SC2187,SC2239"
_SECONDS = 120.0
_MOST_AT_ONCE = 500
_LARGEST = 200_000
"""Characters of a script that is asked about: it takes seconds for more."""


def program() -> str:
    """Where the program is: installed beside us, or on the path; empty where it is not."""
    own = os.path.join(os.path.dirname(sys.executable), "shellcheck")
    if os.access(own, os.X_OK):
        return own
    return find("shellcheck", environment.variable("PATH"))


def missing(origin: str) -> Problem:
    """The problem that the program is not there."""
    detail = "the rule shell-mistake is on, and the program `shellcheck` is not installed"
    return Problem(ProblemKind.TOOL_MISSING, origin, detail, help=INSTALL)


def check_scripts(path: str, requests: Iterable[LintRequest], origin: str) -> Comments | Problem:
    """The comments about scripts by their keys; what is too large has none."""
    named = distinct(each for each in requests if len(each.text) <= _LARGEST)
    found: Comments = {}
    names = list(named)
    for start in range(0, len(names), _MOST_AT_ONCE):
        part = {name: named[name] for name in names[start : start + _MOST_AT_ONCE]}
        answer = _ask(path, part, origin)
        if isinstance(answer, Problem):
            return answer
        found.update(answer)
    return found


def _ask(path: str, part: dict[str, LintRequest], origin: str) -> Comments | Problem:
    arguments = ("--norc", "--format", "json1", "--exclude", _NOT_ASKED, "--", *part)
    files = tuple((name, request.program) for name, request in part.items())
    limits = ProcessLimits(_SECONDS)
    completed = run(ProcessRequest(path, arguments, origin, limits, INSTALL, files))
    if isinstance(completed, Problem):
        return completed
    answer = read_comments(completed.stdout, part)
    if completed.code > 1 or isinstance(answer, str):
        why = completed.stderr.strip()[-300:] or answer
        detail = f"shellcheck ended with {completed.code}: {why}"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail)
    return answer
