"""The rule `added-allowance`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.documents.base import Dialect
from imagelint.documents.policyfile import AddedAllowance
from imagelint.rules.api import rule

if TYPE_CHECKING:
    from imagelint.rules.api import Context, Findings


@rule(AddedAllowance, Severity.LOW)
def added_allowance(added: AddedAllowance, ctx: Context) -> Findings:
    """A file allows what it did not allow before.

    With `--policy-from` the files are compared with those at that commit: comments, annotations and
    ignores for other tools that are new, or that stand before something else now. They need not be
    wrong, but a reviewer should see them. How much they count is said in `allowances` of a policy.

    Except:
        A file that was renamed may allow what it did. Another reason is no other allowance.

    Bad (before/Dockerfile):
        FROM alpine:3.20
        CMD ["sh"]
        === Dockerfile
        FROM alpine:3.20
        # imagelint: allow root-user -- binds port 80
        CMD ["sh"]

    Good (before/Dockerfile):
        FROM alpine:3.20
        CMD ["sh"]
        === Dockerfile
        FROM alpine:3.20
        USER 10001
        CMD ["sh"]
    """
    what = f"this allowance of {added.rule}"
    if added.tool != Dialect.IMAGELINT.value:
        what = f"this ignore of {added.rule} for {added.tool}"
    said = "spoke of something else at" if added.moved else "was not there at"
    yield ctx.finding(
        added,
        f"{what} {said} {added.since}",
        help="see that its reason holds; it counts as far as the policy accepts it",
        subject=added.rule,
    )
