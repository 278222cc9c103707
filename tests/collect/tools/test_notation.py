"""notation, the real one where it is there, and stand-ins that fail in every way."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.signatures.verify import verify
from imagelint.collect.tools.cosign import VerifyRequest
from imagelint.core.environment import Signer
from imagelint.core.report import ProblemKind
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import SignatureOutcome, parse_signatures
from imagelint.testing.registry import MemoryRegistry
from tests.collect.conftest import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from imagelint.collect.tools.cosign import Verification
    from imagelint.documents.image.signatures import SignatureCheck
    from tests.collect.conftest import Lab

    Fake = Callable[[str, str], Path]

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
NOTATION = "application/vnd.cncf.notary.signature"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n"
VERSION = 'if "version" in sys.argv: print("Version:     v1.3.2+unreleased"); sys.exit()\n'
VERIFIES = 'print("Successfully verified signature for " + sys.argv[-1])'


def attach(registry: MemoryRegistry, digest: str) -> None:
    """Attach what looks like a signature of notation."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": NOTATION,
        "config": registry.blob(b"{}", "application/vnd.oci.empty.v1+json"),
        "layers": [registry.blob(b"{}", "application/jose+json")],
        "subject": {"mediaType": MANIFEST, "digest": digest, "size": 1},
    }
    made = registry.manifest("app", manifest)
    entry = {"mediaType": MANIFEST, "digest": made, "size": 1}
    index = {"schemaVersion": 2, "manifests": [entry]}
    index["mediaType"] = "application/vnd.oci.image.index.v1+json"
    registry.manifest("app", index, digest.replace(":", "-"))


def asked(place: str, digest: str, key: str, identity: str = "") -> Verification:
    image = ImageIdentity(f"{place}@{digest}", digest, place, manifest=digest)
    signer = Signer("vendor", "ca.crt", identity, key_text=key)
    return verify(VerifyRequest(image, (signer,), cross_check=False))


def answer(found: Verification) -> SignatureCheck:
    assert found.source is not None, found.problems
    return parse_signatures(found.source).checks[0]


@pytest.fixture
def registry() -> Iterator[MemoryRegistry]:
    with MemoryRegistry() as running:
        yield running


@pytest.fixture
def digest(registry: MemoryRegistry) -> str:
    made = registry.image("app")
    attach(registry, made)
    return made


def test_what_notation_verifies_is_signed(
    registry: MemoryRegistry, digest: str, fake: Fake
) -> None:
    settings = (
        'policy = json.load(open(os.environ["NOTATION_CONFIG"] + "/trustpolicy.json"))\n'
        'rule = policy["trustPolicies"][0]\n'
        'assert rule["signatureVerification"]["level"] == "strict"\n'
        'assert rule["trustedIdentities"] == ["x509.subject: CN=vendor"]\n'
        'assert "MAo=" in open(os.environ["NOTATION_CONFIG"]'
        ' + "/truststore/x509/ca/signer/signer.pem").read()\n'
    )
    fake("notation", f"import json\n{VERSION}{settings}{VERIFIES}")
    check = answer(asked(f"{registry.host}/app", digest, CERTIFICATE, "CN=vendor"))
    assert check.outcome is SignatureOutcome.VERIFIED
    assert check.notes == ("verified by notation 1.3.2",)
    assert check.matched[0].startswith("notation sha256:")


def test_what_it_refuses_is_of_another(registry: MemoryRegistry, digest: str, fake: Fake) -> None:
    said = "Error: signature verification failed for all the signatures associated with x"
    fake("notation", f"{VERSION}print({said!r}, file=sys.stderr); sys.exit(1)")
    check = answer(asked(f"{registry.host}/app", digest, CERTIFICATE))
    assert check.outcome is SignatureOutcome.WRONG_SIGNER
    assert "signature verification failed" in check.reason


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("print('new')", ProblemKind.TOOL_FAILED, "does not say which version"),
        ("print('Version: v1.2.9')", ProblemKind.TOOL_FAILED, "too old"),
        (f"{VERSION}print('well')", ProblemKind.TOOL_FAILED, "without saying what"),
        (f"{VERSION}print('Successfully verified signature for x@y')", ProblemKind.TOOL_FAILED, ""),
        (f"{VERSION}os.kill(os.getpid(), 9)", ProblemKind.TOOL_FAILED, "killed"),
        (f"{VERSION}sys.exit('new')", ProblemKind.TOOL_FAILED, "ended with 1: new"),
        (
            f"{VERSION}sys.exit('dial tcp: connect: connection refused')",
            ProblemKind.UNREACHABLE,
            "cannot be reached",
        ),
    ],
)
def test_what_goes_wrong_is_no_answer(  # noqa: PLR0913, PLR0917 - fixtures and a table
    registry: MemoryRegistry, digest: str, fake: Fake, body: str, kind: ProblemKind, words: str
) -> None:
    fake("notation", body)
    found = asked(f"{registry.host}/app", digest, CERTIFICATE)
    assert found.source is None
    assert found.problems[0].kind is kind
    assert words in found.problems[0].detail


def test_without_notation_nobody_can_tell(
    registry: MemoryRegistry, digest: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = asked(f"{registry.host}/app", digest, CERTIFICATE)
    assert found.problems[0].kind is ProblemKind.TOOL_MISSING


def test_a_bare_key_has_no_subject(registry: MemoryRegistry, digest: str) -> None:
    key = "-----BEGIN PUBLIC KEY-----\nMAo=\n-----END PUBLIC KEY-----\n"
    found = asked(f"{registry.host}/app", digest, key, "CN=release")
    (problem,) = found.problems
    assert "is no certificate" in problem.detail


def test_without_a_signature_of_it_nobody_asks(registry: MemoryRegistry, fake: Fake) -> None:
    fake("notation", "sys.exit(1)")
    check = answer(asked(f"{registry.host}/app", registry.image("app"), CERTIFICATE))
    assert check.outcome is SignatureOutcome.UNSIGNED


def test_the_real_one_agrees(lab: Lab, tmp_path: Path) -> None:
    need("notation")
    reference = lab.push("notation-signed")
    settings = {**os.environ, "NOTATION_CONFIG": str(tmp_path)}

    def notation(*words: str) -> None:
        subprocess.run(("notation", *words), env=settings, check=True, capture_output=True)

    for name in ("vendor", "other"):
        notation("cert", "generate-test", name)
    notation("sign", "--insecure-registry", "--key", "vendor", reference)
    place, _, digest = reference.partition("@")
    keys = {name: (tmp_path / f"localkeys/{name}.crt").read_text() for name in ("vendor", "other")}
    assert answer(asked(place, digest, keys["vendor"])).outcome is SignatureOutcome.VERIFIED
    subject = "CN=vendor,O=Notary,L=Seattle,ST=WA,C=US"
    named = answer(asked(place, digest, keys["vendor"], subject))
    assert named.outcome is SignatureOutcome.VERIFIED
    nobody = answer(asked(place, digest, keys["vendor"], subject.replace("vendor", "else")))
    assert nobody.outcome is SignatureOutcome.WRONG_SIGNER
    assert answer(asked(place, digest, keys["other"])).outcome is SignatureOutcome.WRONG_SIGNER
