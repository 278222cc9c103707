"""The rule `unreadable-script`."""

from __future__ import annotations

from imagelint.documents.shell.script import Script
from imagelint.documents.shell.shells import POSIX_SHELLS, is_other_language
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_GRAMMAR = "mend the grammar, and put long or generated scripts into a file of their own"
_UNKNOWN = "start a shell that can be read, such as `/bin/bash -c`"


@rule(Script, Severity.MEDIUM, confidence=Confidence.LIKELY)
def unreadable_script(script: Script, ctx: Context) -> Findings:
    """Shell text cannot be read, so no rule knows what it runs.

    Rules about commands and packages are silent about what they cannot see. Such text is not
    shell grammar, holds thousands of operators, or is run by a shell that nobody knows.

    Except: PowerShell and other languages that are told by their names (`unread-language`).

    Bad:
        FROM alpine:3.20
        RUN if true; then echo "never closed"

    Good:
        FROM alpine:3.20
        RUN if true; then echo "closed"; fi
    """
    if script.readable or not script.shell or is_other_language(script.shell):
        return
    name = script.shell.rstrip("0123456789.")
    yield ctx.finding(
        script,
        f"this text for `{script.shell}` cannot be read: no rule knows what it runs",
        help=_GRAMMAR if name in POSIX_SHELLS else _UNKNOWN,
        subject=script.shell,
    )
