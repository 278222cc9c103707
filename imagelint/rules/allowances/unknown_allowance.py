"""The rule `unknown-allowance`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings

_COMMENT = "write `# imagelint: allow <rule> -- <reason>`"
_ANNOTATION = ", or `imagelint.dev/allow.<rule>: <reason>` among the annotations"


@rule(AllowanceUse, Severity.MEDIUM)
def unknown_allowance(use: AllowanceUse, ctx: Context) -> Findings:
    """An allowance or a waiver cannot be understood.

    It names a rule that does not exist, or is not written as allowances are. It allows nothing,
    whatever its author believes.

    Bad:
        # imagelint: allow root-users -- binds port 80
        FROM alpine:3.20
        CMD ["sh"]

    Good:
        # imagelint: allow root-user -- binds port 80
        FROM alpine:3.20
        CMD ["sh"]
    """
    if use.state is AllowanceState.UNREADABLE:
        yield ctx.finding(
            use,
            "this is not how an allowance is written, so it allows nothing",
            help=_COMMENT + (_ANNOTATION if ctx.document.kind == "kubernetes" else ""),
        )
    if use.state is AllowanceState.UNKNOWN:
        yield ctx.finding(
            use,
            f"no rule is named {use.rule}, so this {use.form} allows nothing",
            help=f"did you mean `{use.suggestion}`?" if use.suggestion else "see `imagelint rules`",
            subject=use.rule,
        )
