"""The rule `expired-allowance`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(AllowanceUse, Severity.MEDIUM)
def expired_allowance(use: AllowanceUse, ctx: Context) -> Findings:
    """The last day of a waiver has passed.

    It no longer allows anything: what it was written for counts again. `until` is the last day on
    which a waiver holds.

    Bad (.imagelint.yaml):
        waivers:
          - rule: root-user
            reason: binds port 80 until the proxy is there
            until: 2001-01-31

    Good (.imagelint.yaml):
        waivers:
          - rule: root-user
            reason: binds port 80 until the proxy is there
            until: 2999-01-31
    """
    if use.state is AllowanceState.EXPIRED:
        yield ctx.finding(
            use,
            f"this {use.form} of {use.rule} held until {use.until}",
            help="mend what it was written for and remove it, or renew it with a reason",
            subject=use.rule,
        )
