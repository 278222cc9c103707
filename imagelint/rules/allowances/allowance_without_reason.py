"""The rule `allowance-without-reason`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.base import AllowanceState, AllowanceUse
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(AllowanceUse, Severity.MEDIUM)
def allowance_without_reason(use: AllowanceUse, ctx: Context) -> Findings:
    """An allowance does not say why.

    Without a reason it allows nothing: whoever reads it next could neither trust nor remove it.

    Except:
        Ignores written for hadolint, BuildKit, Trivy, Checkov, kube-linter and kube-score, whose
        languages ask for none.

    Bad:
        # imagelint: allow root-user
        FROM alpine:3.20
        CMD ["sh"]

    Good:
        # imagelint: allow root-user -- binds port 80
        FROM alpine:3.20
        CMD ["sh"]
    """
    if use.state is AllowanceState.WITHOUT_REASON:
        yield ctx.finding(
            use,
            f"this {use.form} of {use.rule} gives no reason, so it allows nothing",
            help=f"say why: `# imagelint: allow {use.rule} -- <reason>`",
            subject=use.rule,
        )
