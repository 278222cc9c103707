"""A certificate authority and a transparency log with throw-away keys, for keyless signatures.

What Fulcio, its certificate log and Rekor would say is said by keys made here: verifying tools
accept it when they are given the trusted root that goes with it, and nobody else does. Formats:
https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md (extensions of certificates),
RFC 6962 (certificate timestamps, leaf hashes), https://github.com/C2SP/C2SP (signed checkpoints),
https://github.com/sigstore/protobuf-specs (bundles).
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from tools.lab.signing import run

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PAYLOAD = "application/vnd.in-toto+json"
_ISSUER_V1 = ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
_ISSUER_V2 = ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_TIMESTAMPS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_LOG_NAME = "rekor.test"
_ECDSA = ec.ECDSA(hashes.SHA256())


class Authority:
    """Issues certificates to whoever asks, and logs what they sign."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._ca, self._timestamps, self._log = (_new_key() for _ in range(3))
        self._root = self._authority_certificate()

    def trusted_root(self) -> Path:
        """The file by which verifying tools know this authority."""
        start = (self._now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        parts = {
            "ca.pem": _pem(self._root),
            "log.pub": _public_pem(self._log),
            "timestamps.pub": _public_pem(self._timestamps),
        }
        for name, content in parts.items():
            (self.folder / name).write_bytes(content)
        path = self.folder / "trusted-root.json"
        chain, log, stamps = (self.folder / name for name in parts)
        command = ["cosign", "trusted-root", "create", f"--out={path}"]
        command += [f"--fulcio=url=https://ca.test,certificate-chain={chain},start-time={start}"]
        command += [f"--rekor=url=https://{_LOG_NAME},public-key={log},start-time={start}"]
        command += [f"--ctfe=url=https://stamps.test,public-key={stamps},start-time={start}"]
        run(command)
        return path

    def sign(self, reference: str, identity: str, issuer: str) -> None:
        """Attach a signature of an identity to a digest in a registry on the loopback."""
        digest = reference.partition("@sha256:")[2]
        statement = {
            "_type": _STATEMENT,
            "subject": [{"name": "", "digest": {"sha256": digest}}],
            "predicateType": "https://sigstore.dev/cosign/sign/v1",
            "predicate": {},
        }
        path = self.folder / "bundle.json"
        path.write_text(json.dumps(self._bundle(statement, identity, issuer)), encoding="utf-8")
        command = ["oras", "attach", "--plain-http", "--artifact-type", BUNDLE, reference]
        run([*command, f"{path.name}:{BUNDLE}"], folder=self.folder)

    def sign_file(self, file: Path, identity: str, issuer: str) -> Path:
        """Write the bundle of an identity's signature of a file beside it."""
        data = file.read_bytes()
        key = _new_key()
        certificate = self._certificate(key, identity, issuer)
        signature = _b64(key.sign(data, _ECDSA))
        public = {"content": _b64(_pem(certificate))}
        spec = {
            "data": {"hash": _hash(data)},
            "signature": {"content": signature, "publicKey": public},
        }
        digest = {"algorithm": "SHA2_256", "digest": _b64(hashlib.sha256(data).digest())}
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
        body = _compact({"apiVersion": "0.0.1", "kind": kind, "spec": spec})
        der = certificate.public_bytes(serialization.Encoding.DER)
        entries = [self._entry(body, kind)]
        return {"certificate": {"rawBytes": _b64(der)}, "tlogEntries": entries}

    def _bundle(self, statement: object, identity: str, issuer: str) -> dict[str, Any]:
        key = _new_key()
        certificate = self._certificate(key, identity, issuer)
        payload = _compact(statement)
        signed = b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD), _PAYLOAD.encode(), len(payload), payload)
        signature = _b64(key.sign(signed, _ECDSA))
        envelope = {
            "payload": _b64(payload),
            "payloadType": _PAYLOAD,
            "signatures": [{"sig": signature}],
        }
        signers = [{"signature": signature, "verifier": _b64(_pem(certificate))}]
        spec = {
            "envelopeHash": _hash(_compact(envelope)),
            "payloadHash": _hash(payload),
            "signatures": signers,
        }
        material = self._material(certificate, "dsse", spec)
        return {"mediaType": BUNDLE, "verificationMaterial": material, "dsseEnvelope": envelope}

    def _entry(self, body: bytes, kind: str) -> dict[str, Any]:
        """The only entry of the log: its hash is the root of the tree."""
        log_id = hashlib.sha256(_public_der(self._log)).digest()
        moment = int(self._now.timestamp())
        promise = _compact(
            {
                "body": _b64(body),
                "integratedTime": moment,
                "logID": log_id.hex(),
                "logIndex": 0,
            }
        )
        root = hashlib.sha256(b"\0" + body).digest()
        return {
            "logIndex": "0",
            "logId": {"keyId": _b64(log_id)},
            "kindVersion": {"kind": kind, "version": "0.0.1"},
            "integratedTime": str(moment),
            "inclusionPromise": {"signedEntryTimestamp": _b64(self._log.sign(promise, _ECDSA))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": _b64(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": self._checkpoint(root, log_id)},
            },
            "canonicalizedBody": _b64(body),
        }

    def _checkpoint(self, root: bytes, log_id: bytes) -> str:
        note = f"{_LOG_NAME} - 1\n1\n{_b64(root)}\n"
        signature = self._log.sign(note.encode(), _ECDSA)
        return f"{note}\n\N{EM DASH} {_LOG_NAME} {_b64(log_id[:4] + signature)}\n"

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
        authority = hashlib.sha256(_public_der(self._ca)).digest()
        signed = head + authority + len(certificate).to_bytes(3) + certificate + b"\0\0"
        signature = self._timestamps.sign(signed, _ECDSA)
        log_id = hashlib.sha256(_public_der(self._timestamps)).digest()
        stamp = b"\0" + log_id + struct.pack(">QH", moment, 0)
        stamp += struct.pack(">BBH", 4, 3, len(signature)) + signature
        stamps = struct.pack(">H", len(stamp)) + stamp
        return _tlv(0x04, struct.pack(">H", len(stamps)) + stamps)


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


def _tlv(tag: int, content: bytes) -> bytes:
    """ASN.1 DER: a tag, the length in one or two bytes, the content."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x81, size])
    return bytes([tag]) + length + content


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _public_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def _public_der(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def _compact(value: object) -> bytes:
    """JSON in the one form that is hashed: sorted, without spaces."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _hash(data: bytes) -> dict[str, str]:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
