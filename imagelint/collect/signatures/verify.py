"""Verify who signed an image: here what can be verified here, by cosign the rest.

cosign is asked for a second opinion as well, where it is installed and could be of another. Two
that disagree leave nobody who can tell, which is a problem and never a pass; and so is a second
opinion that was to be had and is not, whatever keeps cosign from it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.process import locate
from imagelint.collect.read import read_bytes
from imagelint.collect.signatures.bykey import ByKey
from imagelint.collect.signatures.discover import discover
from imagelint.collect.signatures.judge import Judge, LeftError, Ruling, judged
from imagelint.collect.signatures.keys import PublicKey, UnknownKeyError, is_certificate
from imagelint.collect.signatures.quorums import quorum
from imagelint.collect.signatures.voices import Heard, voices
from imagelint.collect.tools import cosign
from imagelint.collect.tools.cosign import Verification, VerifyRequest
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.image.attestations import Attestation, outcome_of
from imagelint.documents.image.claims import Claim, ClaimForm
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.signatures import (
    SIGNATURES,
    AttestationCheck,
    SignatureCheck,
    SignatureOutcome,
    TrustDemands,
    parse_signatures,
    write_signatures,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.environment import Signer

_UNSEEN = (ClaimForm.MESSAGE, ClaimForm.NOTATION)
"""What cosign does not see on an image, so that it has no opinion."""


class _Opinion(NamedTuple):
    """An answer, whether cosign might give another, and all that the signer vouches for."""

    check: SignatureCheck
    disputable: bool
    trusted: tuple[Claim, ...] = ()


def verify(request: VerifyRequest) -> Verification:
    """Look for the signature of each signer.

    Raises:
        UsageError: a signer has neither a key nor an identity with its issuer.
    """
    everybody = (*request.signers, *request.witnesses)
    for signer in everybody:
        cosign.demand_usable(signer)
    claims = discover(request.image, request.deadline, request.clients)
    if isinstance(claims, Problem):
        return Verification(None, "", (claims,))
    own = {signer: _opinion(signer, claims, request) for signer in everybody}
    asked = tuple(signer for signer in own if _asks_cosign(own[signer], request))
    second = _second(asked, request)
    answers = {
        signer: _settled(own[signer], second.checks.get(signer), request) for signer in everybody
    }
    checks = {
        signer: answer for signer, answer in answers.items() if isinstance(answer, SignatureCheck)
    }
    problems = [answer for answer in answers.values() if isinstance(answer, Problem)]
    problems += second.problems
    if problems and not checks:
        return Verification(None, second.version, tuple(dict.fromkeys(problems)))
    signed = [check for signer, check in checks.items() if signer in request.signers]
    statements = _statements(own)
    demands = _demands(request, voices(_heard(own, checks, request)), statements)
    text = write_signatures(request.image.pinned, signed, demands)
    source = Source(request.image.reference, text)
    return Verification(source, second.version, tuple(dict.fromkeys(problems)), statements)


def _statements(own: dict[Signer, _Opinion | Problem | None]) -> tuple[Attestation, ...]:
    """What is said about the image besides that somebody vouches for it."""
    return tuple(
        Attestation(signer.name, claim.predicate, claim.content, tuple(claim.digests))
        for signer, opinion in own.items()
        if isinstance(opinion, _Opinion)
        for claim in opinion.trusted
        if claim.predicate not in SIGNATURES
    )


def _heard(
    own: dict[Signer, _Opinion | Problem | None],
    checks: dict[Signer, SignatureCheck],
    request: VerifyRequest,
) -> Iterator[Heard]:
    """Who has signed."""
    for signer, check in checks.items():
        if check.outcome is SignatureOutcome.VERIFIED:
            opinion, text = own[signer], _key_text(signer, request)
            trusted = opinion.trusted if isinstance(opinion, _Opinion) else ()
            yield Heard(signer, text if isinstance(text, str) else "", trusted)


def _demands(
    request: VerifyRequest,
    heard: dict[str, set[str]],
    statements: tuple[Attestation, ...],
) -> TrustDemands:
    """What came of the rules of trust. A role is a name, however many signers have it."""
    quorums = [quorum(rule, heard) for rule in request.trust if rule.signed_by]
    moment = environment.now()
    outcomes = [
        outcome_of(demand, statements, moment)
        for rule in request.trust
        for demand in rule.attestations
    ]
    return TrustDemands(
        tuple(quorums), tuple(AttestationCheck(NOWHERE, *outcome) for outcome in outcomes)
    )


class _Second(NamedTuple):
    """What cosign said: of whom, with which version, and where it could not tell."""

    checks: dict[Signer, SignatureCheck]
    version: str
    problems: tuple[Problem, ...]


def _second(asked: tuple[Signer, ...], request: VerifyRequest) -> _Second:
    """Ask about all at once, unless several share a name by which their answers go."""
    together = len({signer.name for signer in asked}) == len(asked)
    groups = ((asked,) if asked else ()) if together else tuple((signer,) for signer in asked)
    checks: dict[Signer, SignatureCheck] = {}
    problems: list[Problem] = []
    version = ""
    for group in groups:
        answer = cosign.verify(request._replace(signers=group))
        version = answer.version
        problems += answer.problems
        named = _by_name(answer)
        checks |= {signer: named[signer.name] for signer in group if signer.name in named}
    return _Second(checks, version, tuple(problems))


def _opinion(
    signer: Signer, claims: tuple[Claim, ...], request: VerifyRequest
) -> _Opinion | Problem | None:
    """Our own answer, or notation's; None where it is for cosign to give one."""
    certificate = _certificate(signer, request)
    if certificate:
        from imagelint.collect.signatures.bynotation import check_by_notation

        image, deadline = request.image, request.deadline
        said = check_by_notation(signer, certificate, claims, image, deadline)
        return said if isinstance(said, Problem) else _Opinion(said, disputable=False)
    try:
        judge = _judge(signer, request)
        if judge is None or isinstance(judge, Problem):
            return judge
        left: list[Claim] = []

        def noted(claim: Claim) -> Ruling:
            ruling = judge(claim)
            left.extend((claim,) if ruling.left else ())
            return ruling

        check, trusted = judged(claims, noted, signer, request.image)
    except LeftError:
        return None
    if check.outcome is not SignatureOutcome.VERIFIED and _is_left(left, request):
        return None
    if isinstance(judge, ByKey):
        if check.outcome is SignatureOutcome.UNTRUSTED and any(claim.logged for claim in claims):
            return None
        return _Opinion(check, _disputable(check, claims), trusted)
    # Without a root of its own cosign would fetch one.
    rooted = bool(request.trusted_root or request.trusted_root_text)
    return _Opinion(check, rooted and _disputable(check, claims), trusted)


def _is_left(claims: list[Claim], request: VerifyRequest) -> bool:
    """Whether cosign is to tell: what is broken for us it may read, if it is there."""
    former = any(claim.form in (ClaimForm.FORMER, ClaimForm.ENVELOPE) for claim in claims)
    return former or (bool(claims) and _has_cosign(request))


def _judge(signer: Signer, request: VerifyRequest) -> Judge | Problem | None:
    """Who tells what a signer made; None for signers of whom only cosign can."""
    if signer.key:
        key = _key(signer, request)
        if not isinstance(key, PublicKey):
            return key
        return ByKey(key, (lambda _claim: False) if signer.transparency_log else None)
    if not signer.transparency_log:
        return None
    root = _root(request)
    if isinstance(root, Problem):
        return root
    from imagelint.collect.signatures.bycertificate import ByCertificate, TrustError

    try:
        return ByCertificate(signer, root)
    except TrustError as error:
        if _has_cosign(request):
            return None  # which reads more of them
        detail = f"the trusted root cannot be read: {error}"
        return Problem(ProblemKind.UNREADABLE, request.image.reference, detail)


def _root(request: VerifyRequest) -> bytes | Problem:
    if request.trusted_root_text or not request.trusted_root:
        return request.trusted_root_text.encode()
    path = os.path.abspath(os.path.join(request.folder, request.trusted_root))
    data = read_bytes(path, request.image.reference)
    if isinstance(data, Problem):
        return data._replace(detail=f"the trusted root `{path}`: {data.detail}")
    return data


def _disputable(check: SignatureCheck, claims: tuple[Claim, ...]) -> bool:
    """Whether cosign might see it otherwise: it does not know all that there is to see."""
    seen = [claim for claim in claims if claim.form not in _UNSEEN]
    former = ClaimForm.FORMER
    if any(
        claim.form is former and claim.referring and claim.label in check.matched for claim in seen
    ):
        return False
    return any(claim.label in check.matched for claim in seen) if check.matched else bool(seen)


def _certificate(signer: Signer, request: VerifyRequest) -> str:
    """The certificate that a signer's key is; empty where it is none."""
    text = _key_text(signer, request)
    return text if isinstance(text, str) and is_certificate(text) else ""


def _key_text(signer: Signer, request: VerifyRequest) -> str | Problem:
    """What the key of a signer is; empty for one that is not a file."""
    if signer.key_text or not signer.key or "://" in signer.key:
        return signer.key_text
    path = os.path.abspath(os.path.join(request.folder, signer.key))
    data = read_bytes(path, request.image.reference)
    if isinstance(data, Problem):
        detail = f"the key of the signer `{signer.name}` is not there: {path}"
        return Problem(ProblemKind.UNREADABLE, request.image.reference, detail)
    return data.decode("utf-8", "replace")


def _key(signer: Signer, request: VerifyRequest) -> PublicKey | Problem | None:
    """The key of a signer; None for one that is not a file or is of a kind for cosign."""
    text = _key_text(signer, request)
    if isinstance(text, Problem):
        return text
    if signer.identity:
        detail = f"the key of the signer `{signer.name}` is no certificate: it has no `identity`"
        return Problem(ProblemKind.UNREADABLE, request.image.reference, detail)
    if not text:
        return None
    try:
        return PublicKey.parsed(text)
    except UnknownKeyError:
        return None


def _asks_cosign(opinion: _Opinion | Problem | None, request: VerifyRequest) -> bool:
    if not isinstance(opinion, _Opinion):
        return opinion is None
    if not (request.cross_check and opinion.disputable):
        return False
    return _has_cosign(request)


def _has_cosign(request: VerifyRequest) -> bool:
    return not isinstance(locate("cosign", request.image.reference, ""), Problem)


def _by_name(verification: Verification) -> dict[str, SignatureCheck]:
    if verification.source is None:
        return {}
    return {check.signer: check for check in parse_signatures(verification.source).checks}


def _settled(
    own: _Opinion | Problem | None, theirs: SignatureCheck | None, request: VerifyRequest
) -> SignatureCheck | Problem | None:
    """The answer that holds; None where cosign should have given one and did not."""
    if own is None or isinstance(own, Problem):
        return own or theirs
    check = own.check
    verified = SignatureOutcome.VERIFIED
    if theirs is None or (check.outcome is verified) == (theirs.outcome is verified):
        return check
    said = theirs.reason or theirs.outcome.value
    detail = (
        f"who signed as `{check.signer}` is disputed: imagelint says {check.outcome.value}"
        f"{f' ({check.reason})' if check.reason else ''}, cosign says {said}"
    )
    help_ = "look at the signature by hand; `--no-cross-check` does not ask cosign"
    return Problem(ProblemKind.TOOL_FAILED, request.image.reference, detail, help_)
