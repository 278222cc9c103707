"""The rule `policy-weakened`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.policyfile import Weakening
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(Weakening, Severity.MEDIUM)
def policy_weakened(weakening: Weakening, ctx: Context) -> Findings:
    """A policy of the examined tree says less than the trusted one.

    Who changes files can change the policy beside them. With `--policy-from` the policy is compared
    with the one at that commit: what is weaker holds as soon as the change is merged, so a reviewer
    should see it. What a trusted policy locks holds all the same, and this tells who tried.

    Except:
        Without a trusted policy the tree's own is the only one.

    Bad (trusted.yaml):
        lock:
          rules: {root-user: high}
        === .imagelint.yaml
        rules:
          root-user: off

    Good (trusted.yaml):
        lock:
          rules: {root-user: high}
        === .imagelint.yaml
        rules:
          root-user: critical
    """
    if weakening.holder:
        yield ctx.finding(
            weakening,
            f"{weakening.said}: it does not count, {weakening.holder} locks the opposite",
            help="remove it; whoever keeps the trusted policy may change what is locked",
            subject=weakening.subject,
        )
    else:
        yield ctx.finding(
            weakening,
            f"{weakening.said}: less strict than at {weakening.since}",
            help="have it approved by whoever answers for the policy; it counts once it is merged",
            subject=weakening.subject,
        )
