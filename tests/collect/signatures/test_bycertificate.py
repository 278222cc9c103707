"""Signatures of identities, verified here with sigstore, and cosign's opinion of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.collect.signatures.bycertificate import ByCertificate
from imagelint.collect.signatures.discover import discover
from imagelint.collect.signatures.judge import LeftError
from imagelint.collect.signatures.verify import verify
from imagelint.collect.tools.cosign import VerifyRequest
from imagelint.core.environment import Signer
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.claims import Claim, ClaimForm
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import (
    SignatureCheck,
    SignatureOutcome,
    parse_signatures,
)
from imagelint.testing.authority import Authority
from tools.lab.signing import attach, run

if TYPE_CHECKING:
    from tests.collect.conftest import Lab

CI = "https://ci.test/org/app/.github/workflows/build.yml@refs/heads/main"
ISSUER = "https://issuer.test"
BUILD = Signer("ci", identity=CI, issuer=ISSUER)
VERIFIED, WRONG = SignatureOutcome.VERIFIED, SignatureOutcome.WRONG_SIGNER
UNTRUSTED = SignatureOutcome.UNTRUSTED
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"


class Place(NamedTuple):
    """An authority, and an image that an identity signed."""

    authority: Authority
    root: str
    image: ImageIdentity


@pytest.fixture(scope="module")
def place(lab: Lab) -> Place:
    authority = Authority(lab.folder / "certificates")
    reference = lab.push("certified")
    attach(reference, authority.bundle(reference, CI, ISSUER), authority.folder)
    repository, _, digest = reference.partition("@")
    image = ImageIdentity(reference, digest, repository)
    return Place(authority, str(authority.trusted_root()), image)


def check(place: Place, signer: Signer = BUILD, root: str = "", *, cross: bool) -> SignatureCheck:
    request = VerifyRequest(place.image, (signer,), root or place.root, cross_check=cross)
    found = verify(request)
    assert found.problems == ()
    assert found.source is not None
    (one,) = parse_signatures(found.source).checks
    return one


def pattern(identity: str, issuer: str = ISSUER) -> Signer:
    return Signer("ci", identity=identity, issuer=issuer, pattern=True)


@pytest.mark.parametrize(
    ("signer", "outcome"),
    [
        (BUILD, VERIFIED),
        (pattern(r"https://ci\.test/org/.*", "https://.*test"), VERIFIED),
        (pattern(r"https://ci\.test/org/"), WRONG),
        (pattern("https://ci.test/.*", "issuer.test"), WRONG),
        (pattern("evil|https://ci.test"), WRONG),
        (BUILD._replace(identity=r"https://ci\.test/org/.*"), WRONG),
        (BUILD._replace(issuer="https://evil.test"), WRONG),
    ],
)
def test_a_certificate_must_name_the_signer(
    place: Place, signer: Signer, outcome: SignatureOutcome
) -> None:
    found = check(place, signer, cross=True)
    assert found.outcome is outcome
    if outcome is WRONG:
        assert f"it was signed by {CI}, of {ISSUER}" in found.reason
    else:
        assert found.matched[0].startswith("bundle sha256:")


def test_it_is_verified_without_cosign(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert check(place, cross=True).outcome is VERIFIED


def test_a_strange_authority_is_not_trusted(place: Place, tmp_path: Path) -> None:
    strange = str(Authority(tmp_path).trusted_root())
    found = check(place, root=strange, cross=True)
    assert found.outcome is UNTRUSTED
    assert "is not trusted: " in found.reason


def test_without_a_root_that_of_the_public_sigstore_holds(place: Place) -> None:
    request = VerifyRequest(place.image, (BUILD,))
    found = verify(request)
    assert found.source is not None
    assert found.version == ""  # cosign would have had to ask the network for it
    (one,) = parse_signatures(found.source).checks
    assert one.outcome is UNTRUSTED


@pytest.mark.parametrize("text", ["", "{}", '{"mediaType": "x"}', "no JSON"])
@pytest.mark.parametrize("path", ["", "/nowhere"])
def test_a_root_that_is_none_is_a_problem(
    place: Place, tmp_path: Path, text: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path:
        monkeypatch.setenv("PATH", path)
    root = tmp_path / "root.json"
    root.write_text(text or "[]", encoding="utf-8")
    found = verify(VerifyRequest(place.image, (BUILD,), str(root)))
    assert found.source is None
    kinds = [problem.kind for problem in found.problems]
    assert kinds == [ProblemKind.UNREADABLE if path else ProblemKind.UNREACHABLE]


def test_a_root_without_a_log_is_a_problem(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = json.loads(Path(place.root).read_text("utf-8"))
    root = tmp_path / "root.json"
    root.write_text(json.dumps({**said, "tlogs": []}), encoding="utf-8")
    found = verify(VerifyRequest(place.image, (BUILD,), str(root)))
    (problem,) = found.problems
    assert problem.detail.startswith("the trusted root cannot be read: ")


def test_a_root_that_is_not_there_is_a_problem(place: Place, tmp_path: Path) -> None:
    found = verify(VerifyRequest(place.image, (BUILD,), str(tmp_path / "none.json")))
    (problem,) = found.problems
    assert "the trusted root" in problem.detail


def test_the_manifest_signed_as_a_file_counts(lab: Lab, place: Place, tmp_path: Path) -> None:
    reference = lab.push("certified-file")
    manifest = lab.layout("certified-file") / "blobs" / "sha256" / reference.rpartition(":")[2]
    copy = tmp_path / "manifest"
    copy.write_bytes(manifest.read_bytes())
    bundle = place.authority.sign_file(copy, CI, ISSUER)
    command = ["oras", "attach", "--plain-http", "--artifact-type", BUNDLE, reference]
    run([*command, f"{bundle.name}:{BUNDLE}"], folder=tmp_path)
    repository, _, digest = reference.partition("@")
    image = ImageIdentity(reference, digest, repository)
    found = check(place._replace(image=image), cross=True)
    assert found.outcome is VERIFIED


def test_what_is_no_bundle_and_what_a_key_made_are_refused(place: Place) -> None:
    judge = ByCertificate(BUILD, Path(place.root).read_bytes())
    keyed = Claim("sha256:0a", ClaimForm.STATEMENT)
    assert judge(keyed).reason == "it is by a key, not by a certificate"
    broken = judge(keyed._replace(certified=True, text="{}"))
    assert broken.reason.startswith("it is no proper bundle: ")
    assert broken.left


def test_certificates_in_the_former_format_are_left_to_cosign(place: Place) -> None:
    judge = ByCertificate(BUILD, Path(place.root).read_bytes())
    assert judge(Claim("sha256:0a", ClaimForm.FORMER, certified=True)).left


def test_a_pattern_that_only_go_reads_is_left_to_cosign(place: Place) -> None:
    with pytest.raises(LeftError):
        ByCertificate(pattern(r"\Qhttps://ci.test/\E.*"), Path(place.root).read_bytes())


def test_readers_must_see_the_same_statement(place: Place) -> None:
    claims = discover(place.image, VerifyRequest(place.image, ()).deadline)
    assert not isinstance(claims, Problem)
    (claim,) = claims
    judge = ByCertificate(BUILD, Path(place.root).read_bytes())
    assert judge(claim).reason == ""
    other = claim._replace(signed=b"DSSEv1 of another")
    assert "readers see different statements" in judge(other).reason


def test_a_log_entry_of_a_kind_that_is_not_read_is_left_to_cosign(place: Place) -> None:
    claims = discover(place.image, VerifyRequest(place.image, ()).deadline)
    assert not isinstance(claims, Problem)
    (claim,) = claims
    text = json.loads(claim.text)
    text["verificationMaterial"]["tlogEntries"][0]["kindVersion"]["kind"] = "intoto"
    judge = ByCertificate(BUILD, Path(place.root).read_bytes())
    assert judge(claim._replace(text=json.dumps(text))).left
