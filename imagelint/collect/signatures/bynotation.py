"""What notation says of a signer whose key is a certificate: it signs with no bare keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.signatures.judge import Ruling, judged
from imagelint.collect.tools.notation import verify_by_notation
from imagelint.core.report import Problem
from imagelint.documents.image.claims import NOTATION, ClaimForm
from imagelint.documents.image.signatures import SignatureCheck, SignatureOutcome

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
    from imagelint.core.environment import Signer
    from imagelint.documents.image.claims import Claim
    from imagelint.documents.image.image import ImageIdentity

_OTHERS = "no signature of notation, which alone signs with certificates that are files"


def check_by_notation(
    signer: Signer,
    certificate: str,
    claims: tuple[Claim, ...],
    image: ImageIdentity,
    deadline: Deadline,
) -> SignatureCheck | Problem:
    """The answer for a signer; notation is asked only where the image has a signature of it."""
    check, _ = judged(claims, lambda _claim: Ruling(by_signer=False, reason=_OTHERS), signer, image)
    own = [claim for claim in claims if claim.form is ClaimForm.NOTATION]
    if not own:
        return check
    answer = verify_by_notation(image, certificate, signer.identity, deadline)
    if isinstance(answer, Problem):
        return answer
    if not answer.verified:
        outcome = SignatureOutcome.WRONG_SIGNER
        reason = f"notation {answer.version}: {answer.reason}"
        return check._replace(outcome=outcome, reason=reason, notes=())
    # Of several, it does not tell which one.
    label = own[0].label if len(own) == 1 else f"one of {len(own)} of notation"
    notes = (f"verified by notation {answer.version}",)
    verified = SignatureOutcome.VERIFIED
    return check._replace(
        outcome=verified, reason="", predicates=(NOTATION,), notes=notes, matched=(label,)
    )
