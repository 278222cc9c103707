"""What is attached to an image and claims to vouch for it, before anybody has verified it.

Three formats: Sigstore bundles (https://github.com/sigstore/protobuf-specs, `Bundle`), signatures
in the former format of cosign, whose payload is
https://github.com/containers/image/blob/main/docs/containers-signature.5.md, and those of notation
(https://github.com/notaryproject/specifications), which notation itself verifies.
"""

from __future__ import annotations

from enum import Enum

from imagelint.core.record import NamedTuple
from imagelint.documents.image.encoding import decoded
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.manifest import read_strictly
from imagelint.documents.image.signatures import NOTATION_SIGNATURE, SIGNATURE

BUNDLE = "application/vnd.dev.sigstore.bundle"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
ENVELOPE = "application/vnd.dsse.envelope.v1+json"
NOTATION = NOTATION_SIGNATURE
_IN_TOTO = "application/vnd.in-toto+json"
_STATEMENTS = ("https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1")
_COSIGN = "dev.cosignproject.cosign"
_CERTIFICATE = f"{_COSIGN}/certificate"
_FORMER_LOG = "dev.sigstore.cosign/bundle"
_VERSIONS = ("0.1", "0.2", "0.3")
_MEDIA_TYPES = (
    *(f"{BUNDLE}+json;version={version}" for version in _VERSIONS),
    *(f"{BUNDLE}.v{version}+json" for version in _VERSIONS),
)


_FIELDS = ("mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope")
_MATERIAL = ("publicKey", "x509CertificateChain", "certificate")
_MATERIAL_FIELDS = (*_MATERIAL, "tlogEntries", "timestampVerificationData")


class ClaimForm(Enum):
    """How a claim is written down."""

    STATEMENT = "bundle"  # a Sigstore bundle around an in-toto statement
    MESSAGE = "bundle of a message signature"  # a Sigstore bundle about the bytes of the manifest
    FORMER = "former format"  # of cosign: a payload, and its signature in an annotation
    ENVELOPE = "former format of a statement"  # of cosign: the envelope alone
    NOTATION = "notation"
    UNKNOWN = "unknown"


class Claim(NamedTuple):
    """One thing that is attached to an image, as far as it can be read without trusting it.

    `source` is the digest of the manifest that attaches it, `place` how many things came before in
    that manifest. `signed` are the bytes that are signed, or with `hashed` their SHA-256.
    `digests` are the images of which it speaks. `reference` is the repository for which it was
    made, where it says so. `certified` tells that a certificate goes with it, `logged` that an
    entry of a transparency log does. `predicate` and `content` are the type and the content of the
    statement. `text` is the bundle; `referring` tells that the manifest names the image as its
    subject, and does not lie under a tag of its digest. With a `fault` it is no claim at all, and
    that is why.
    """

    source: str
    form: ClaimForm
    place: int = 0
    signed: bytes = b""
    hashed: bool = False
    signatures: tuple[bytes, ...] = ()
    predicate: str = ""
    digests: tuple[str, ...] = ()
    reference: str = ""
    certified: bool = False
    logged: bool = False
    content: JsonView = JsonView(None)
    annotations: tuple[tuple[str, str], ...] = ()
    text: str = ""
    fault: str = ""
    referring: bool = False

    @property
    def label(self) -> str:
        """Which one it is, for people: short, as nobody reads whole digests."""
        part = f"#{self.place + 1}" if self.place else ""
        return f"{self.form.value} {self.source[:19]}{part}"


class AttachedBlob(NamedTuple):
    """A blob that a manifest attaches: its media type, annotations and bytes."""

    media_type: str
    annotations: tuple[tuple[str, str], ...]
    data: bytes


def claim_of(source: str, place: int, blob: AttachedBlob) -> Claim | None:
    """The claim that an attached blob makes; None where it is none, such as a bill of materials."""
    text = blob.data.decode("utf-8", "replace")
    if blob.media_type.startswith(BUNDLE):
        return _bundle(Claim(source, ClaimForm.STATEMENT, place, text=text))
    if blob.media_type == SIMPLE_SIGNING:
        return _former(Claim(source, ClaimForm.FORMER, place, blob.data, text=text), blob)
    if blob.media_type == ENVELOPE:
        return _former_statement(Claim(source, ClaimForm.ENVELOPE, place, text=text), blob)
    return None


def _bundle(claim: Claim) -> Claim:
    view = read_strictly(claim.text)
    if isinstance(view, str):
        return claim._replace(form=ClaimForm.UNKNOWN, fault=f"the bundle {view}")
    if view["mediaType"].raw not in _MEDIA_TYPES:
        told = view["mediaType"].text or "no version"
        return claim._replace(
            form=ClaimForm.UNKNOWN, fault=f"the bundle is of a version that is not known: {told}"
        )
    material = view["verificationMaterial"]
    strange = _strange(view)
    if strange:
        return claim._replace(form=ClaimForm.UNKNOWN, fault=f"the bundle {strange}")
    claim = claim._replace(
        certified=bool(material["certificate"]) or bool(material["x509CertificateChain"]),
        logged=bool(material["tlogEntries"]),
    )
    if view["messageSignature"].is_object:
        return _message(claim, view["messageSignature"])
    return _envelope(claim, view["dsseEnvelope"])


def _strange(view: JsonView) -> str:
    """What of a bundle no reader should pass over: fields that are not known, no material."""
    material, envelope = view["verificationMaterial"], view["dsseEnvelope"]
    parts = (
        (view, _FIELDS),
        (material, _MATERIAL_FIELDS),
        (material["publicKey"], ("hint",)),
        (envelope, ("payload", "payloadType", "signatures")),
        *((one, ("sig", "keyid")) for one in envelope["signatures"].items()),
        (view["messageSignature"], ("messageDigest", "signature")),
        (view["messageSignature"]["messageDigest"], ("algorithm", "digest")),
    )
    for part, fields in parts:
        for name, _ in part.pairs():
            if name not in fields:
                return f"has a field that is not known: {name}"
    if not any(material[name].is_object for name in _MATERIAL):
        return "names neither key nor certificate"
    return ""


def _message(claim: Claim, view: JsonView) -> Claim:
    claim = claim._replace(form=ClaimForm.MESSAGE)
    digest = decoded(view["messageDigest"]["digest"].raw)
    signature = decoded(view["signature"].raw)
    if view["messageDigest"]["algorithm"].raw != "SHA2_256":
        return claim._replace(fault="the bundle hashes its message otherwise than by SHA-256")
    if not digest or not signature:
        return claim._replace(fault="the bundle lacks a signature, or the digest of its message")
    return claim._replace(
        signed=digest,
        hashed=True,
        signatures=(signature,),
        predicate=SIGNATURE,
        digests=(f"sha256:{digest.hex()}",),
    )


def _envelope(claim: Claim, view: JsonView) -> Claim:
    """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md."""
    payload = decoded(view["payload"].raw)
    signatures = tuple(decoded(one["sig"].raw) or b"" for one in view["signatures"].items())
    kind = view["payloadType"].raw
    if not payload or not any(signatures):
        return claim._replace(fault="it lacks a payload, or a signature")
    if kind != _IN_TOTO:
        return claim._replace(fault=f"it holds `{view['payloadType'].text}`, no statement")
    name = kind.encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)
    return _statement(claim._replace(signed=signed, signatures=signatures), payload)


def _statement(claim: Claim, payload: bytes) -> Claim:
    """https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md."""
    view = read_strictly(payload.decode("utf-8", "replace"))
    if isinstance(view, str):
        return claim._replace(fault=f"the statement {view}")
    if view["_type"].exact not in _STATEMENTS:
        return claim._replace(fault="what it holds is no in-toto statement")
    digests = (f"sha256:{one['digest']['sha256'].exact}" for one in view["subject"].items())
    annotations = view["predicate"] if view["predicateType"].exact == SIGNATURE else JsonView(None)
    return claim._replace(
        predicate=named_kind(view["predicateType"]),
        digests=tuple(digests),
        content=view["predicate"],
        annotations=tuple((key, value.exact) for key, value in annotations.pairs()),
    )


def named_kind(said: JsonView) -> str:
    """What a claim calls itself; what only looks like a name that is known is called otherwise."""
    return said.exact or (f"what looks like {said.text}" if said else "")


def _former_statement(claim: Claim, blob: AttachedBlob) -> Claim:
    view = read_strictly(claim.text)
    if isinstance(view, str):
        return claim._replace(fault=f"the envelope {view}")
    annotations = dict(blob.annotations)
    claim = claim._replace(
        certified=bool(annotations.get(_CERTIFICATE)), logged=bool(annotations.get(_FORMER_LOG))
    )
    return _envelope(claim, view)


def _former(claim: Claim, blob: AttachedBlob) -> Claim:
    annotations = dict(blob.annotations)
    signature = decoded(annotations.get(f"{_COSIGN}/signature", ""))
    claim = claim._replace(
        certified=bool(annotations.get(_CERTIFICATE)), logged=bool(annotations.get(_FORMER_LOG))
    )
    if not signature:
        return claim._replace(fault="the payload has no signature")
    view = read_strictly(claim.text)
    if isinstance(view, str):
        return claim._replace(fault=f"the payload {view}")
    critical = view["critical"]
    return claim._replace(
        signatures=(signature,),
        predicate=named_kind(critical["type"]),
        digests=(critical["image"]["docker-manifest-digest"].exact,),
        reference=critical["identity"]["docker-reference"].text,
        annotations=tuple((key, value.exact) for key, value in view["optional"].pairs()),
    )
