"""Judge claims by the identity in a certificate, with sigstore and without any network.

Who may sign is for us to say: sigstore is asked whether certificate, log entry, time and signature
are right under a trusted root. Extensions of the certificate:
https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.collect.signatures.judge import LeftError, Ruling
from imagelint.core.record import NamedTuple
from imagelint.documents.image.claims import Claim, ClaimForm
from imagelint.documents.image.jsonview import plain

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, GeneralName
    from sigstore.models import Bundle, TrustedRoot

    from imagelint.core.environment import Signer

_ISSUER, _FORMER_ISSUER = "1.3.6.1.4.1.57264.1.8", "1.3.6.1.4.1.57264.1.1"
_OTHER_NAME = "1.3.6.1.4.1.57264.1.7"
_UNREAD = ("Unsupported", "Integrated time only supported")  # what it says of other log entries
_UTF8_STRING = 0x0C
_SHORT = 0x80  # lengths in DER from here on take more than one byte


class TrustError(Exception):
    """The trusted root cannot be read."""


class _Identity(NamedTuple):
    """Who signed, as a certificate tells it."""

    name: str
    issuer: str


class ByCertificate:
    """Tells which claims were made under an identity, as `root`, a file of trust, proves it.

    Without a root that of the public Sigstore holds which comes with the package `sigstore`.

    Raises:
        TrustError: there is no proper root.
        LeftError: the pattern of the signer is one that only cosign understands.
    """

    def __init__(self, signer: Signer, root: bytes) -> None:
        import logging

        from sigstore.errors import Error
        from sigstore.verify import Verifier

        # It would tell the user of each look into its own files.
        logging.getLogger("sigstore").addHandler(logging.NullHandler())
        self._signer = signer
        try:
            self._verifier = Verifier(trusted_root=_trusted_root(root))
        except Error as error:
            raise TrustError(plain(str(error))) from None
        self._identity = _pattern(signer.identity, signer)
        self._issuer = _pattern(signer.issuer, signer)

    def __call__(self, claim: Claim) -> Ruling:
        """The ruling about one claim."""
        if not claim.certified:
            return Ruling(by_signer=False, reason="it is by a key, not by a certificate")
        if claim.form in (ClaimForm.FORMER, ClaimForm.ENVELOPE):
            reason = "only cosign reads certificates in the former format"
            return Ruling(by_signer=False, reason=reason, left=True)
        return self._ruling(claim)

    def _ruling(self, claim: Claim) -> Ruling:
        from sigstore.errors import Error
        from sigstore.models import Bundle

        try:
            bundle = Bundle.from_json(claim.text)
            signed_by = _identity(bundle.signing_certificate)
        except (Error, ValueError, KeyError) as error:
            reason = f"it is no proper bundle: {_said(error)}"
            return Ruling(by_signer=False, reason=reason, left=True)
        if not self._is_signer(signed_by):
            who = plain(f"{signed_by.name or 'nobody'}, of {signed_by.issuer or 'no issuer'}")
            return Ruling(by_signer=False, reason=f"it was signed by {who}")
        try:
            self._verify(bundle, claim)
        except (Error, ValueError) as error:
            said = _said(error)
            reason = f"{claim.label} is not trusted: {said}"
            return Ruling(by_signer=True, reason=reason, left=said.startswith(_UNREAD))
        return Ruling(by_signer=True)

    def _is_signer(self, identity: _Identity) -> bool:
        return bool(
            self._identity.fullmatch(identity.name) and self._issuer.fullmatch(identity.issuer)
        )

    def verify(self, cert: Certificate) -> None:
        """Refuse the certificate of anybody else: this is the policy that sigstore is given.

        Raises:
            VerificationError: it is not the signer's.
        """
        from sigstore.errors import VerificationError

        if not self._is_signer(_identity(cert)):
            message = "the certificate is of somebody else"
            raise VerificationError(message)

    def _verify(self, bundle: Bundle, claim: Claim) -> None:
        """Raise sigstore's error, or a `ValueError`, when it is not right."""
        from sigstore.hashes import Hashed
        from sigstore_models.common.v1 import HashAlgorithm

        if claim.form is ClaimForm.MESSAGE:
            hashed = Hashed(algorithm=HashAlgorithm.SHA2_256, digest=claim.signed)
            self._verifier.verify_artifact(hashed, bundle, self)
            return
        _, payload = self._verifier.verify_dsse(bundle, self)
        if not claim.signed.endswith(payload):
            raise ValueError("readers see different statements in it")


def signed_by(claim: Claim) -> str:
    """Who made a claim that is certified and verified: issuer and name."""
    from sigstore.models import Bundle

    identity = _identity(Bundle.from_json(claim.text).signing_certificate)
    return f"{identity.issuer} {identity.name}"


def _trusted_root(root: bytes) -> TrustedRoot:
    from sigstore.errors import Error
    from sigstore.models import ClientTrustConfig, TrustedRoot

    if not root:
        return ClientTrustConfig.production(offline=True).trusted_root
    from sigstore_models.trustroot.v1 import TrustedRoot as Inner

    try:
        return TrustedRoot(Inner.from_json(root))
    except (Error, ValueError) as error:
        raise TrustError(_said(error)) from None


def _pattern(text: str, signer: Signer) -> re.Pattern[str]:
    try:
        return re.compile(text if signer.pattern else re.escape(text), re.ASCII)
    except re.error:
        raise LeftError from None


def _identity(certificate: Certificate) -> _Identity:
    """Who signed. A certificate for several is nobody's: it would be for the reader to choose."""
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return _Identity("", "")
    told = [_name(name) for name in names]
    return _Identity(told[0] if len(told) == 1 else "", _issuer(certificate))


def _name(name: GeneralName) -> str:
    from cryptography import x509

    if isinstance(name, x509.RFC822Name | x509.UniformResourceIdentifier):
        return name.value
    if isinstance(name, x509.OtherName) and name.type_id.dotted_string == _OTHER_NAME:
        return _der_text(name.value)
    return ""


def _issuer(certificate: Certificate) -> str:
    from cryptography import x509

    found = {
        one.oid.dotted_string: one.value.value
        for one in certificate.extensions
        if isinstance(one.value, x509.UnrecognizedExtension)
    }
    if _ISSUER in found:
        return _der_text(found[_ISSUER])
    return found.get(_FORMER_ISSUER, b"").decode("utf-8", "replace")


def _der_text(data: bytes) -> str:
    """A UTF8String of DER; empty where it is none."""
    if len(data) < 2 or data[0] != _UTF8_STRING:  # noqa: PLR2004 - tag and length
        return ""
    if data[1] < _SHORT:
        start, length = 2, data[1]
    else:
        start = 2 + (data[1] - _SHORT)
        length = int.from_bytes(data[2:start], "big")
    return data[start:].decode("utf-8", "replace") if len(data) == start + length else ""


def _said(error: Exception) -> str:
    return plain(str(error) or type(error).__name__)[:200]
