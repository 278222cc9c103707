"""Sigstore bundles of a key of one's own, around any statement: what cosign would never write."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tools.lab.keyless import BUNDLE
from tools.lab.signing import run

if TYPE_CHECKING:
    from pathlib import Path

SIGNATURE = "https://sigstore.dev/cosign/sign/v1"
_PAYLOAD = "application/vnd.in-toto+json"


class EnvelopeKey:
    """A pair of keys in a folder; `path` is the public one."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key()
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        self.path = folder / "key.pub"
        self.path.write_bytes(public.public_bytes(serialization.Encoding.PEM, form))
        der = public.public_bytes(serialization.Encoding.DER, form)
        self._hint = _b64(hashlib.sha256(der).digest())

    def bundle(self, digest: str, kind: str = SIGNATURE) -> str:
        """A signed statement of a kind about an image."""
        subject = {"name": "", "digest": {"sha256": digest.removeprefix("sha256:")}}
        statement: dict[str, Any] = {"_type": "https://in-toto.io/Statement/v1"}
        statement |= {"subject": [subject], "predicateType": kind, "predicate": {}}
        payload = json.dumps(statement).encode()
        signed = b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD), _PAYLOAD.encode(), len(payload), payload)
        signature = _b64(self._key.sign(signed, ec.ECDSA(hashes.SHA256())))
        envelope = {"payload": _b64(payload), "payloadType": _PAYLOAD}
        envelope |= {"signatures": [{"sig": signature}]}
        material = {"publicKey": {"hint": self._hint}}
        return json.dumps(
            {"mediaType": BUNDLE, "verificationMaterial": material, "dsseEnvelope": envelope}
        )

    def attach(self, reference: str, bundle: str) -> None:
        """Let a bundle refer to a digest in a registry on the loopback interface."""
        (self._folder / "bundle.json").write_text(bundle, encoding="utf-8")
        command = ["oras", "attach", "--plain-http", "--artifact-type", BUNDLE, reference]
        run([*command, f"bundle.json:{BUNDLE}"], folder=self._folder)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
