"""The rule `refused-allowance`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(AllowanceUse, Severity.MEDIUM, references=("hadolint DL1001",))
def refused_allowance(use: AllowanceUse, ctx: Context) -> Findings:
    """The policy does not accept an allowance or a waiver.

    What it was written for counts. Which allowances are accepted, up to which severity, for how
    long and by whose approval, is said under `allowances` in the policy that holds, or in one that
    holds against it.

    Except:
        Ignores that are written for other tools: there they may be needed.

    Bad (.imagelint.yaml):
        allowances:
          approvers: ["@example/security"]
        waivers:
          - rule: root-user
            reason: binds port 80 until the proxy is there
            until: 2999-01-31

    Good (.imagelint.yaml):
        allowances:
          approvers: ["@example/security"]
        waivers:
          - rule: root-user
            reason: binds port 80 until the proxy is there
            until: 2999-01-31
            approver: "@example/security"
    """
    if use.state is AllowanceState.REFUSED:
        yield ctx.finding(
            use,
            f"this {use.form} of {use.rule} is not accepted: {use.reason}",
            help="mend what it was written for, or ask those whose policy that is",
            subject=use.rule,
        )
