"""Public keys, and whether a signature was made with one.

cosign makes keys of the curve P-256 and takes RSA keys of others, both with SHA-256. What is rarer
is left to it: other curves, short keys, and Ed25519, with which it signs in a form of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_RSA_BITS = (2048, 3072, 4096)


def is_certificate(text: str) -> bool:
    """Whether the key of a signer is a certificate: notation signs with no bare keys."""
    return "-----BEGIN CERTIFICATE-----" in text


def fingerprint(text: str) -> str:
    """The SHA-256 of a key, or of that in a certificate, of whatever kind; empty: it is neither."""
    import hashlib

    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        if is_certificate(text):
            from cryptography.x509 import load_pem_x509_certificate

            key: PublicKeyTypes = load_pem_x509_certificate(text.encode()).public_key()
        else:
            key = serialization.load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        return ""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.DER, form)).hexdigest()


class UnknownKeyError(Exception):
    """A key that is none, or of a kind that is not verified here."""


class PublicKey(NamedTuple):
    """A public key, of a kind that is verified here."""

    key: PublicKeyTypes

    @classmethod
    def parsed(cls, text: str) -> PublicKey:
        """The key that a PEM text holds.

        Raises:
            UnknownKeyError: there is none of a kind that is verified here.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        try:
            key = load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UnknownKeyError(str(error)) from None
        if isinstance(key, ec.EllipticCurvePublicKey):
            known = isinstance(key.curve, ec.SECP256R1)
        else:
            known = isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS
        if not known:
            raise UnknownKeyError("keys of this kind are left to cosign")
        return cls(key)

    def verifies(self, signature: bytes, signed: bytes, *, hashed: bool = False) -> bool:
        """Whether a signature over some bytes, or what they are the SHA-256 of, is by this key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
        from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

        sha256 = Prehashed(hashes.SHA256()) if hashed else hashes.SHA256()
        try:
            if isinstance(self.key, ec.EllipticCurvePublicKey):
                self.key.verify(signature, signed, ec.ECDSA(sha256))
            elif isinstance(self.key, rsa.RSAPublicKey):
                self.key.verify(signature, signed, padding.PKCS1v15(), sha256)
            else:
                return False
        except (InvalidSignature, ValueError):
            return False
        return True
