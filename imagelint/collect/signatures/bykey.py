"""Judge claims by a public key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.signatures.judge import NO_LOG, Ruling
from imagelint.documents.image.claims import Claim, ClaimForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.signatures.keys import PublicKey

_BUNDLES = (ClaimForm.STATEMENT, ClaimForm.MESSAGE)


class ByKey:
    """Tells which claims were made with a key.

    `logged` tells whether the entry of a transparency log that goes with a claim is one that the
    policy trusts; None where the log does not matter.
    """

    def __init__(self, key: PublicKey, logged: Callable[[Claim], bool] | None = None) -> None:
        self._key = key
        self._logged = logged

    def __call__(self, claim: Claim) -> Ruling:
        """The ruling about one claim."""
        if claim.form in _BUNDLES and claim.certified:
            return Ruling(by_signer=False, reason="it is by a certificate, not by a key")
        if claim.form in _BUNDLES and len(claim.signatures) != 1:
            return Ruling(
                by_signer=False, reason="a bundle has one signature, and this has several"
            )
        if not any(self._made(claim, signature) for signature in claim.signatures):
            reason = "it was made with another key, or for other content"
            return Ruling(by_signer=False, reason=reason)
        if self._logged is not None and not (claim.logged and self._logged(claim)):
            return Ruling(by_signer=True, reason=NO_LOG)
        return Ruling(by_signer=True)

    def _made(self, claim: Claim, signature: bytes) -> bool:
        return self._key.verifies(signature, claim.signed, hashed=claim.hashed)
