"""The rule `excluded-file`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.policyfile import ExcludedFiles
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(ExcludedFiles, Severity.MEDIUM)
def excluded_file(excluded: ExcludedFiles, ctx: Context) -> Findings:
    """A policy excludes files that were examined before.

    With `--policy-from` the policy is compared with the one at that commit. What a new glob under
    `exclude` hides is judged by nobody as soon as the change is merged, so a reviewer should see
    which files these are.

    Except:
        Globs that hide nothing that would be examined: `policy-weakened` tells of them.

    Bad (before/Dockerfile):
        FROM alpine:3.20
        USER 10001
        === Dockerfile
        FROM alpine:3.20
        USER 10001
        === .imagelint.yaml
        exclude: [Dockerfile]

    Good (before/Dockerfile):
        FROM alpine:3.20
        USER 10001
        === Dockerfile
        FROM alpine:3.20
        USER 10001
        === .imagelint.yaml
        exclude: ["*.md"]
    """
    names = ", ".join(excluded.names)
    more = f" and {excluded.more:,} more" if excluded.more else ""
    yield ctx.finding(
        excluded,
        f"`{excluded.glob}` hides what was examined at {excluded.since}: {names}{more}",
        help="exclude only what nobody builds or deploys",
        subject=excluded.glob,
    )
