"""The rule `grown-baseline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.policyfile import GrownBaseline
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(GrownBaseline, Severity.MEDIUM)
def grown_baseline(grown: GrownBaseline, ctx: Context) -> Findings:
    """A baseline holds more findings than it did.

    A baseline lets pass what was there when a project began. Who writes it again lets pass what
    came since as well. With `--policy-from` it is compared with the one at that commit, which is
    the one that counts until the change is merged.

    Except:
        A baseline from which findings were dropped.

    Bad (before/.imagelint.yaml):
        baseline: baseline.json
        === before/baseline.json
        {"version": 1, "findings": []}
        === .imagelint.yaml
        baseline: baseline.json
        === baseline.json
        {"version": 1, "findings": [{"origin": "Dockerfile", "rule": "root-user", "subject": "",
        "fingerprint": "0123456789abcdef0123456789abcdef"}]}

    Good (before/.imagelint.yaml):
        baseline: baseline.json
        === before/baseline.json
        {"version": 1, "findings": []}
        === .imagelint.yaml
        baseline: baseline.json
        === baseline.json
        {"version": 1, "findings": []}
    """
    noun = "finding" if grown.more == 1 else "findings"
    yield ctx.finding(
        grown,
        f"this baseline holds {grown.more:,} {noun} more than at {grown.since}: {grown.rules}",
        help="mend what is new; a baseline is for what was there before",
    )
