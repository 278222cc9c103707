"""The rule `unused-allowance`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(AllowanceUse, Severity.LOW)
def unused_allowance(use: AllowanceUse, ctx: Context) -> Findings:
    """An allowance or a waiver allows nothing.

    What it was written for is mended, or it stands at the wrong place. Left there, it will
    silently allow the next violation.

    Except:
        Allowances of rules that did not run, and those written for other tools. A waiver is called
        unused only when the whole project was examined.

    Bad:
        # imagelint: allow root-user -- binds port 80
        FROM alpine:3.20
        USER 10001
        CMD ["sh"]

    Good:
        # imagelint: allow root-user -- binds port 80
        FROM alpine:3.20
        CMD ["sh"]
    """
    if use.state is AllowanceState.UNUSED:
        yield ctx.finding(
            use,
            f"this {use.form} of {use.rule} allows nothing",
            help="remove it, or move it to the place that it is meant for",
            subject=use.rule,
        )
