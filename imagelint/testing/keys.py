"""Throw-away keys, and Sigstore bundles of theirs around any statement: no program is needed.

https://github.com/secure-systems-lab/dsse/blob/master/protocol.md (envelopes),
https://github.com/sigstore/protobuf-specs (bundles).
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from imagelint.testing.registry import BUNDLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGNATURE = "https://sigstore.dev/cosign/sign/v1"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PAYLOAD = "application/vnd.in-toto+json"


class SigningKey:
    """A pair of keys in a folder; `path` is the public one."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._key = new_key()
        self.path = folder / "key.pub"
        self.path.write_bytes(public_pem(self._key))

    def bundle(
        self, digest: str, kind: str = SIGNATURE, predicate: Mapping[str, Any] | None = None
    ) -> str:
        """A signed statement of a kind about an image, by default its signature.

        `digest` is that of the image, or a reference that ends with it.
        """
        envelope = signed_envelope(self._key, statement(digest, kind, predicate or {}))
        hint = b64(hashlib.sha256(public_der(self._key)).digest())
        material = {"publicKey": {"hint": hint}}
        return json.dumps(
            {"mediaType": BUNDLE, "verificationMaterial": material, "dsseEnvelope": envelope}
        )


def statement(digest: str, kind: str, predicate: Mapping[str, Any]) -> bytes:
    """An in-toto statement of a kind about an image."""
    subject = {"name": "", "digest": {"sha256": digest.rpartition("sha256:")[2]}}
    about = {"_type": _STATEMENT, "subject": [subject], "predicateType": kind}
    return compact({**about, "predicate": predicate})


def signed_envelope(key: ec.EllipticCurvePrivateKey, payload: bytes) -> dict[str, Any]:
    """A DSSE envelope around a statement, with one signature."""
    signed = b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD), _PAYLOAD.encode(), len(payload), payload)
    signature = b64(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return {
        "payload": b64(payload),
        "payloadType": _PAYLOAD,
        "signatures": [{"sig": signature}],
    }


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key on the curve P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def public_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as a file has it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def public_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half as it is hashed."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def compact(value: object) -> bytes:
    """JSON in the one form that is hashed: sorted, without spaces."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def b64(data: bytes) -> str:
    """Base 64 as text."""
    return base64.b64encode(data).decode()
