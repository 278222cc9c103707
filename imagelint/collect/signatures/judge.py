"""What the claims about an image are worth for one signer, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.documents.image.claims import ClaimForm
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.signatures import SIGNATURES, SignatureCheck, SignatureOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.environment import Signer
    from imagelint.documents.image.claims import Claim
    from imagelint.documents.image.image import ImageIdentity

OTHER_KEY = "no signature on the image was made by this signer, or it was made for other content"
NO_LOG = "the signature is in no transparency log that the policy trusts"


class LeftError(Exception):
    """What cannot be verified here, and is left to cosign."""


class Ruling(NamedTuple):
    """Whether a claim is by a signer; with a `reason` where it is not, or is not trusted.

    `left` tells that cosign may read more of it than can be read here.
    """

    by_signer: bool
    reason: str = ""
    left: bool = False


class Judge(Protocol):
    """Whoever can tell whether a claim was made by a signer."""

    def __call__(self, claim: Claim) -> Ruling:
        """The ruling about one claim."""
        ...


def judged(
    claims: Iterable[Claim], judge: Judge, signer: Signer, image: ImageIdentity
) -> tuple[SignatureCheck, tuple[Claim, ...]]:
    """The answer for a signer, and the claims about the image that are by it."""
    found = tuple(claims)
    trusted: list[Claim] = []
    reasons: list[str] = []
    untrusted = ""
    for claim in found:
        ruling = _ruling(claim, judge, image)
        if ruling.by_signer and not ruling.reason:
            trusted.append(claim)
        elif claim.form is not ClaimForm.NOTATION and _may_sign(claim):
            untrusted = untrusted or (ruling.reason if ruling.by_signer else "")
            reasons.append(f"{claim.label}: {ruling.reason}")
    check = _check(signer, tuple(trusted), found, image)
    if check.outcome is SignatureOutcome.VERIFIED:
        return check, tuple(trusted)
    if untrusted:
        outcome = SignatureOutcome.UNTRUSTED
        return check._replace(outcome=outcome, reason=untrusted), tuple(trusted)
    if reasons:
        outcome, reason = SignatureOutcome.WRONG_SIGNER, _listed(reasons)
        return check._replace(outcome=outcome, reason=reason), tuple(trusted)
    return check, tuple(trusted)


def _may_sign(claim: Claim) -> bool:
    """Whether a claim could be a signature: statements of other kinds are none, whoever signed."""
    return claim.predicate in SIGNATURES or bool(claim.fault)


def _ruling(claim: Claim, judge: Judge, image: ImageIdentity) -> Ruling:
    if claim.fault or claim.form is ClaimForm.NOTATION:
        return Ruling(by_signer=False, reason=claim.fault or "a signature of notation")
    ruling = judge(claim)
    if ruling.by_signer and not ruling.reason and image.digest not in claim.digests:
        return Ruling(by_signer=False, reason="this signer made it, for another image")
    return ruling


def _check(
    signer: Signer, trusted: tuple[Claim, ...], found: tuple[Claim, ...], image: ImageIdentity
) -> SignatureCheck:
    predicates = tuple(dict.fromkeys(claim.predicate for claim in trusted))
    signatures = [claim for claim in trusted if claim.predicate in SIGNATURES]
    elsewhere = _elsewhere([claim.reference for claim in signatures], image)
    if signatures:
        outcome, reason = SignatureOutcome.VERIFIED, ""
    elif predicates:
        outcome = SignatureOutcome.UNSIGNED
        reason = f"only other statements by this signer verify: {', '.join(predicates)}"
    else:
        outcome, reason = SignatureOutcome.UNSIGNED, "the image carries no signature"
    return SignatureCheck(
        NOWHERE,
        signer.name,
        outcome,
        reason,
        predicates,
        (*_notes(signatures, found), *(f"was signed as {place}" for place in elsewhere)),
        path=f"signer {signer.name}",
        places=elsewhere,
        matched=tuple(claim.label for claim in signatures),
    )


def _notes(signatures: list[Claim], found: tuple[Claim, ...]) -> tuple[str, ...]:
    forms = {claim.form for claim in found if _may_sign(claim)}
    notes: list[str] = []
    if ClaimForm.NOTATION in {claim.form for claim in found}:
        notes.append("a signature of notation, which a `key` that is a certificate verifies")
    bundles = forms & {ClaimForm.STATEMENT, ClaimForm.MESSAGE}
    if bundles and signatures and {claim.form for claim in signatures} == {ClaimForm.FORMER}:
        notes.append("the image carries signatures of two formats")
    return tuple(notes)


def _elsewhere(places: list[str], image: ImageIdentity) -> tuple[str, ...]:
    """The places for which an image was signed, if it is none of them."""
    ours = parse_reference(image.repository)
    named = {place: parse_reference(place) for place in places if place}
    if ours is None or any(one is not None and one.name == ours.name for one in named.values()):
        return ()
    return tuple(named)


_MOST_REASONS = 5


def _listed(reasons: list[str]) -> str:
    several = list(dict.fromkeys(reasons))
    more = len(several) - _MOST_REASONS
    end = f"; and {more} more" if more > 0 else ""
    return "; ".join(several[:_MOST_REASONS]) + end
