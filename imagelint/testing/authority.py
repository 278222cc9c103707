"""A certificate authority and a transparency log with throw-away keys, for keyless signatures.

What Fulcio, its certificate log and Rekor would say is said by keys made here: verifying tools
accept it when they are given the trusted root that goes with it, and nobody else does. Formats:
https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md (extensions of certificates),
RFC 6962 (certificate timestamps, leaf hashes), https://github.com/C2SP/C2SP (signed checkpoints),
https://github.com/sigstore/protobuf-specs (bundles).
"""

from __future__ import annotations

import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from imagelint.collect.environment import now
from imagelint.testing.keys import (
    SIGNATURE,
    b64,
    compact,
    new_key,
    public_der,
    signed_envelope,
    statement,
)
from imagelint.testing.registry import BUNDLE

if TYPE_CHECKING:
    from pathlib import Path

_ISSUER_V1 = ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
_ISSUER_V2 = ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_TIMESTAMPS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_LOG_NAME = "rekor.test"
_ECDSA = ec.ECDSA(hashes.SHA256())
_LONG = 0x80  # lengths from here on take a byte more


class Authority:
    """Issues certificates to whoever asks, and logs what they sign."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._now = datetime.fromtimestamp(now(), UTC)
        self._ca, self._timestamps, self._log = (new_key() for _ in range(3))
        self._root = self._authority_certificate()

    def trusted_root(self) -> Path:
        """The file by which verifying tools know this authority."""
        since = {"start": (self._now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}
        certificate = self._root.public_bytes(serialization.Encoding.DER)
        authority = {
            "subject": {"organization": "lab", "commonName": "lab authority"},
            "uri": "https://ca.test",
            "certChain": {"certificates": [{"rawBytes": b64(certificate)}]},
            "validFor": since,
        }
        root = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [_log(f"https://{_LOG_NAME}", self._log, since)],
            "certificateAuthorities": [authority],
            "ctlogs": [_log("https://stamps.test", self._timestamps, since)],
        }
        path = self.folder / "trusted-root.json"
        path.write_text(json.dumps(root), encoding="utf-8")
        return path

    def bundle(self, digest: str, identity: str, issuer: str) -> str:
        """An identity's signature of an image, by its digest or a reference that ends with it."""
        key = new_key()
        certificate = self._certificate(key, identity, issuer)
        payload = statement(digest, SIGNATURE, {})
        envelope = signed_envelope(key, payload)
        (signature,) = envelope["signatures"]
        signers = [{"signature": signature["sig"], "verifier": b64(_pem(certificate))}]
        spec = {
            "envelopeHash": _hash(compact(envelope)),
            "payloadHash": _hash(payload),
            "signatures": signers,
        }
        material = self._material(certificate, "dsse", spec)
        return json.dumps(
            {"mediaType": BUNDLE, "verificationMaterial": material, "dsseEnvelope": envelope}
        )

    def sign_file(self, file: Path, identity: str, issuer: str) -> Path:
        """Write the bundle of an identity's signature of a file beside it."""
        data = file.read_bytes()
        key = new_key()
        certificate = self._certificate(key, identity, issuer)
        signature = b64(key.sign(data, _ECDSA))
        public = {"content": b64(_pem(certificate))}
        spec = {
            "data": {"hash": _hash(data)},
            "signature": {"content": signature, "publicKey": public},
        }
        digest = {"algorithm": "SHA2_256", "digest": b64(hashlib.sha256(data).digest())}
        bundle = {
            "mediaType": BUNDLE,
            "verificationMaterial": self._material(certificate, "hashedrekord", spec),
            "messageSignature": {"messageDigest": digest, "signature": signature},
        }
        path = file.with_name(f"{file.name}.sigstore.json")
        path.write_text(json.dumps(bundle), encoding="utf-8")
        return path

    def _material(self, certificate: x509.Certificate, kind: str, spec: object) -> dict[str, Any]:
        """What a verifier needs besides the signature: who signed, and that it was logged."""
        body = compact({"apiVersion": "0.0.1", "kind": kind, "spec": spec})
        der = certificate.public_bytes(serialization.Encoding.DER)
        entries = [self._entry(body, kind)]
        return {"certificate": {"rawBytes": b64(der)}, "tlogEntries": entries}

    def _entry(self, body: bytes, kind: str) -> dict[str, Any]:
        """The only entry of the log: its hash is the root of the tree."""
        log_id = hashlib.sha256(public_der(self._log)).digest()
        moment = int(self._now.timestamp())
        promise = compact(
            {
                "body": b64(body),
                "integratedTime": moment,
                "logID": log_id.hex(),
                "logIndex": 0,
            }
        )
        root = hashlib.sha256(b"\0" + body).digest()
        return {
            "logIndex": "0",
            "logId": {"keyId": b64(log_id)},
            "kindVersion": {"kind": kind, "version": "0.0.1"},
            "integratedTime": str(moment),
            "inclusionPromise": {"signedEntryTimestamp": b64(self._log.sign(promise, _ECDSA))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": b64(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": self._checkpoint(root, log_id)},
            },
            "canonicalizedBody": b64(body),
        }

    def _checkpoint(self, root: bytes, log_id: bytes) -> str:
        note = f"{_LOG_NAME} - 1\n1\n{b64(root)}\n"
        signature = self._log.sign(note.encode(), _ECDSA)
        return f"{note}\n\N{EM DASH} {_LOG_NAME} {b64(log_id[:4] + signature)}\n"

    def _authority_certificate(self) -> x509.Certificate:
        names = {NameOID.ORGANIZATION_NAME: "lab", NameOID.COMMON_NAME: "lab authority"}
        name = x509.Name([x509.NameAttribute(oid, text) for oid, text in names.items()])
        public = self._ca.public_key()
        usage = _usage(key_cert_sign=True, crl_sign=True)
        return (
            x509.CertificateBuilder(name, name, public, x509.random_serial_number())
            .not_valid_before(self._now - timedelta(days=2))
            .not_valid_after(self._now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._ca, hashes.SHA256())
        )

    def _certificate(
        self, key: ec.EllipticCurvePrivateKey, identity: str, issuer: str
    ) -> x509.Certificate:
        """A certificate of ten minutes, with the timestamp of the certificate log inside."""
        public, authority = key.public_key(), self._ca.public_key()
        name = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(identity)])
        key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority)
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        plain_issuer = x509.UnrecognizedExtension(_ISSUER_V1, issuer.encode())
        der_issuer = x509.UnrecognizedExtension(_ISSUER_V2, _tlv(0x0C, issuer.encode()))
        builder = (
            x509.CertificateBuilder(
                self._root.subject, x509.Name([]), public, x509.random_serial_number()
            )
            .not_valid_before(self._now - timedelta(minutes=1))
            .not_valid_after(self._now + timedelta(minutes=9))
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(purpose, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(key_id, critical=False)
            .add_extension(name, critical=True)
            .add_extension(plain_issuer, critical=False)
            .add_extension(der_issuer, critical=False)
        )
        unstamped = builder.sign(self._ca, hashes.SHA256()).tbs_certificate_bytes
        stamps = x509.UnrecognizedExtension(_TIMESTAMPS, self._stamp(unstamped))
        return builder.add_extension(stamps, critical=False).sign(self._ca, hashes.SHA256())

    def _stamp(self, certificate: bytes) -> bytes:
        """RFC 6962, section 3.2: the log promises to hold the certificate."""
        moment = int(self._now.timestamp() * 1000)
        head = struct.pack(">BBQH", 0, 0, moment, 1)
        authority = hashlib.sha256(public_der(self._ca)).digest()
        signed = head + authority + len(certificate).to_bytes(3) + certificate + b"\0\0"
        signature = self._timestamps.sign(signed, _ECDSA)
        log_id = hashlib.sha256(public_der(self._timestamps)).digest()
        stamp = b"\0" + log_id + struct.pack(">QH", moment, 0)
        stamp += struct.pack(">BBH", 4, 3, len(signature)) + signature
        stamps = struct.pack(">H", len(stamp)) + stamp
        return _tlv(0x04, struct.pack(">H", len(stamps)) + stamps)


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


def _tlv(tag: int, content: bytes) -> bytes:
    """ASN.1 DER: a tag, the length in one or two bytes, the content."""
    size = len(content)
    length = bytes([size]) if size < _LONG else bytes([0x81, size])
    return bytes([tag]) + length + content


def _log(url: str, key: ec.EllipticCurvePrivateKey, since: dict[str, str]) -> dict[str, Any]:
    """What a trusted root says of a log."""
    public = public_der(key)
    about = {"rawBytes": b64(public), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": since}
    log_id = {"keyId": b64(hashlib.sha256(public).digest())}
    return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": about, "logId": log_id}


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _hash(data: bytes) -> dict[str, str]:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}
