"""What came of a push, and the signatures upon it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Evidence, Examined, Outcome, Problem, Report, Verdict
from imagelint.documents.image.image import ImageTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.run.session import Session
    from imagelint.run.supplychain.push import PushResult


class PushOptions(NamedTuple):
    """Who signs: a key, or whoever runs this, by the services of a file."""

    key: str = ""
    config: str = ""


def policies_in(session: Session) -> tuple[str, ...]:
    """The digest of the policy that holds where the user stands."""
    from imagelint.policy.digest import policy_digest

    return (f"sha256:{policy_digest(session.policies.of('.'))}",)


def signed(
    result: PushResult,
    destination: str,
    options: PushOptions,
    tell: Callable[[str], None],
    session: Session,
) -> PushResult:
    """What was pushed with a signature, and its verdict attached; as it is where nothing was.

    Where the policy says what a pass is worth, a summary of the verdict is attached as well.
    """
    from imagelint.collect.tools.cosign_attest import AttestRequest, attest

    if not result.digest:
        return result
    request, until = AttestRequest(destination, result.digest, "", *options), session.deadline
    from imagelint.cli.output.summary import summary_of

    summary = summary_of(result, session, policies_in(session))
    for statement in ("", result.statement, *((summary,) if summary else ())):
        tell("signing the verdict" if statement else "signing")
        asked = request._replace(statement=statement, several=result.several, deadline=until)
        problem = attest(asked)
        if isinstance(problem, Problem):
            return result._replace(problems=(*result.problems, problem))
    by = options.key or "the identity of whoever ran this"
    what = "image, verdict and summary" if summary else "image and verdict"
    return result._replace(evidence=(*result.evidence, ("signed", f"{what}, by {by}")))


def verdict_of(result: PushResult, session: Session) -> Verdict:
    """Pass only if the destination has it, signed where that was asked for."""
    evidence = Evidence((*result.evidence, *session.evidence().entries))
    named = dict(result.evidence)
    examined = Examined(named.get("image", ""), ImageTarget.kind, named.get("digest", ""))
    report = Report(problems=result.problems, examined=(examined,))
    if result.refusals:
        reasons = tuple(f"not pushed: {reason}" for reason in result.refusals)
        return Verdict(Outcome.FAIL, reasons, report, evidence)
    if result.problems:
        done = "pushed, but not signed" if result.digest else "not pushed"
        reasons = tuple(f"{done}: {problem.detail}" for problem in result.problems)
        return Verdict(Outcome.INCOMPLETE, reasons, report, evidence)
    return Verdict(Outcome.PASS, (f"pushed {named['pushed']}",), report, evidence)
