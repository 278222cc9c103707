"""Signatures that are verified here, beside the real cosign, and those that it must verify."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.signatures.verify import verify
from imagelint.collect.tools import cosign
from imagelint.collect.tools.cosign import Verification, VerifyRequest
from imagelint.core.environment import Signer
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import (
    LEGACY_SIGNATURE,
    SIGNATURE,
    SignatureCheck,
    SignatureOutcome,
    parse_signatures,
)
from imagelint.testing.images import Image, Layout
from tools.lab.signing import pull, push, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collect.conftest import Lab

VERIFIED, UNSIGNED = SignatureOutcome.VERIFIED, SignatureOutcome.UNSIGNED
WRONG, UNTRUSTED = SignatureOutcome.WRONG_SIGNER, SignatureOutcome.UNTRUSTED
BUILD = Signer("build", key="build.pub", transparency_log=False)
OTHER = Signer("other", key="other.pub", transparency_log=False)
VULNERABILITIES = "https://cosign.sigstore.dev/attestation/vuln/v1"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"


def identity(reference: str) -> ImageIdentity:
    repository, _, digest = reference.partition("@")
    return ImageIdentity(reference, digest, repository)


def answers(lab: Lab, image: ImageIdentity, *signers: Signer, cross: bool = False) -> Verification:
    return verify(VerifyRequest(image, signers, folder=str(lab.keys), cross_check=cross))


def check(
    lab: Lab, image: str | ImageIdentity, signer: Signer = BUILD, *, cross: bool = True
) -> SignatureCheck:
    """The one answer; with cosign's consent, unless it has no opinion."""
    named = identity(image) if isinstance(image, str) else image
    found = answers(lab, named, signer, cross=cross)
    assert found.problems == ()
    assert found.source is not None
    (one,) = parse_signatures(found.source).checks
    return one


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No cosign on the path."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def test_a_bundle_is_verified_without_cosign(lab: Lab, alone: None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(lab.programs))
        reference = signed(lab, "native-bundle")
    found = check(lab, reference)
    assert (found.outcome, found.predicates, found.notes) == (VERIFIED, (SIGNATURE,), ())
    (matched,) = found.matched
    assert matched.startswith("bundle sha256:")


def test_another_key_is_told_with_the_reason(lab: Lab) -> None:
    found = check(lab, signed(lab, "native-bundle"), OTHER)
    assert found.outcome is WRONG
    assert "it was made with another key, or for other content" in found.reason


def test_an_image_without_anything_is_unsigned(lab: Lab) -> None:
    found = check(lab, lab.push("native-unsigned"))
    assert (found.outcome, found.reason) == (UNSIGNED, "the image carries no signature")


def test_a_statement_alone_is_no_signature(lab: Lab) -> None:
    reference = lab.push("native-attested")
    lab.signing.attest(reference, "build", "vuln")
    found = check(lab, reference)
    assert (found.outcome, found.predicates) == (UNSIGNED, (VULNERABILITIES,))
    assert found.reason == f"only other statements by this signer verify: {VULNERABILITIES}"


def test_the_former_format_names_its_place_and_its_type(lab: Lab) -> None:
    reference = lab.push("native-former")
    lab.signing.sign_former(reference, "build")
    found = check(lab, reference)
    assert (found.outcome, found.predicates) == (VERIFIED, (LEGACY_SIGNATURE,))
    assert found.matched[0].startswith("former format sha256:")
    assert check(lab, reference, OTHER).outcome is WRONG


def test_the_matching_one_of_several_is_told(lab: Lab) -> None:
    reference = lab.push("native-several")
    lab.signing.sign_former(reference, "other")
    lab.signing.sign_former(reference, "build")
    (second,) = check(lab, reference).matched
    (first,) = check(lab, reference, OTHER).matched
    assert second == f"{first}#2"


def test_a_foreign_bundle_hides_nothing(lab: Lab) -> None:
    reference = lab.push("native-mixed")
    lab.signing.sign_former(reference, "build")
    lab.signing.sign(reference, "other")
    found = check(lab, reference)
    assert found.outcome is VERIFIED
    assert found.notes == ("the image carries signatures of two formats",)


def test_a_signature_for_another_place_is_told(lab: Lab) -> None:
    reference = lab.push("native-place")
    lab.signing.sign_former(reference, "build")
    digest = reference.partition("@")[2]
    elsewhere = f"{lab.host}/elsewhere/place"
    for tag in (digest, f"{digest.replace(':', '-')}.sig"):
        source = f"{reference.partition('@')[0]}{'@' if ':' in tag else ':'}{tag}"
        target = f"{elsewhere}:{'v1' if ':' in tag else tag}"
        run(["oras", "cp", "--from-plain-http", "--to-plain-http", source, target])
    found = check(lab, f"{elsewhere}@{digest}")
    assert (found.outcome, found.places) == (VERIFIED, (f"{lab.host}/team/native-place",))


def test_a_signature_of_another_image_is_none_of_this_one(lab: Lab) -> None:
    """Both copied under the tag of another, and attached to it."""
    signed_one = lab.push("native-original")
    lab.signing.sign_former(signed_one, "build")
    other = lab.push("native-victim")
    repository, _, digest = signed_one.partition("@")
    theirs, _, victim = other.partition("@")
    source = f"{repository}:{digest.replace(':', '-')}.sig"
    target = f"{theirs}:{victim.replace(':', '-')}.sig"
    run(["oras", "cp", "--from-plain-http", "--to-plain-http", source, target])
    found = check(lab, other)
    assert found.outcome is WRONG
    assert "this signer made it, for another image" in found.reason


def test_former_signatures_that_refer_to_the_image_count(lab: Lab) -> None:
    reference = lab.push("native-referring")
    lab.signing.sign_former(reference, "build", referring=True)
    found = check(lab, reference)
    assert (found.outcome, found.predicates) == (VERIFIED, (LEGACY_SIGNATURE,))
    assert check(lab, reference, OTHER).outcome is WRONG


def test_a_signature_of_the_manifest_as_a_file_counts(lab: Lab, tmp_path: Path) -> None:
    reference = lab.push("native-message")
    manifest = lab.layout("native-message") / "blobs" / "sha256" / reference.rpartition(":")[2]
    bundle = tmp_path / "message.json"
    lab.signing.sign_file(manifest, "build", bundle)
    command = ["oras", "attach", "--plain-http", "--artifact-type", BUNDLE, reference]
    run([*command, f"{bundle.name}:{BUNDLE}"], folder=tmp_path)
    found = check(lab, reference)
    assert found.outcome is VERIFIED
    assert found.matched[0].startswith("bundle of a message signature sha256:")
    assert check(lab, reference, OTHER, cross=False).outcome is WRONG


def test_an_index_is_signed_and_its_images_are_not(lab: Lab, tmp_path: Path) -> None:
    made = Layout(tmp_path)
    digest = made.add_index([Image(), Image(architecture="arm64")])
    name = f"{lab.host}/team/native-index"
    push(tmp_path, "v1", f"{name}:v1")
    lab.signing.sign(f"{name}@{digest}", "build")
    assert check(lab, f"{name}@{digest}").outcome is VERIFIED
    blob = json.loads((tmp_path / "blobs" / "sha256" / digest[7:]).read_text())
    child = blob["manifests"][0]["digest"]
    assert check(lab, f"{name}@{child}").outcome is UNSIGNED


def test_a_log_that_is_demanded_must_hold_it(lab: Lab) -> None:
    logged = BUILD._replace(transparency_log=True)
    reference = signed(lab, "native-bundle")
    found = check(lab, reference, logged, cross=False)
    assert found.outcome is UNTRUSTED
    assert found.reason == "the signature is in no transparency log that the policy trusts"


def test_keys_of_the_kind_rsa_are_verified(lab: Lab) -> None:
    lab.signing.imported("rsa")
    reference = lab.push("native-rsa")
    lab.signing.sign(reference, "rsa")
    signer = Signer("rsa", "rsa.pub", transparency_log=False)
    assert check(lab, reference, signer).outcome is VERIFIED
    assert check(lab, reference).outcome is WRONG


def test_keys_of_rarer_kinds_are_left_to_cosign(lab: Lab) -> None:
    """Which signs with an Ed25519 key, and then does not verify what it made."""
    lab.signing.imported("ed25519")
    signer = Signer("ed25519", "ed25519.pub", transparency_log=False)
    found = check(lab, signed(lab, "native-bundle"), signer, cross=False)
    assert found.outcome is WRONG
    assert "accepted signatures do not match threshold" in found.reason


def test_a_layout_with_signatures_is_verified(lab: Lab, tmp_path: Path) -> None:
    reference = signed(lab, "native-bundle")
    pull(reference, tmp_path / "pulled", "v1")
    digest = reference.partition("@")[2]
    image = ImageIdentity("oci:x", digest, layout=str(tmp_path / "pulled"))
    assert check(lab, image).outcome is VERIFIED
    former = lab.push("native-saved")
    lab.signing.sign_former(former, "build")
    lab.signing.save(former, tmp_path / "saved")
    saved = ImageIdentity("oci:y", former.partition("@")[2], layout=str(tmp_path / "saved"))
    assert check(lab, saved).outcome is VERIFIED
    assert check(lab, image, OTHER).outcome is WRONG


def test_a_missing_key_is_a_problem(lab: Lab) -> None:
    found = answers(lab, identity(signed(lab, "native-bundle")), BUILD._replace(key="no.pub"))
    (problem,) = found.problems
    assert found.source is None
    assert problem.kind is ProblemKind.UNREADABLE


def test_a_registry_that_is_not_there_is_a_problem(lab: Lab) -> None:
    found = answers(lab, ImageIdentity("x", "sha256:" + "0a" * 32, "127.0.0.1:1/x"), BUILD)
    assert [problem.kind for problem in found.problems] == [ProblemKind.UNREACHABLE]
    found = answers(lab, ImageIdentity("x", "sha256:" + "0a" * 32, "A b"), BUILD)
    assert [problem.kind for problem in found.problems] == [ProblemKind.UNPARSABLE]


@pytest.mark.parametrize("said", [VERIFIED, WRONG])
def test_two_that_disagree_leave_a_problem(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, said: SignatureOutcome
) -> None:
    """What cosign says is turned round."""
    real = cosign.verify

    def turned(request: VerifyRequest) -> Verification:
        answer = real(request)
        assert answer.source is not None
        text = answer.source.text
        other = "wrong-signer" if said is VERIFIED else "verified"
        view = json.loads(text)
        for one in view["checks"]:
            one.update(outcome=other, predicates=[SIGNATURE], reason="")
        return answer._replace(source=Source(answer.source.origin, json.dumps(view)))

    monkeypatch.setattr(cosign, "verify", turned)
    signer = BUILD if said is VERIFIED else OTHER
    found = answers(lab, identity(signed(lab, "native-bundle")), signer, cross=True)
    (problem,) = found.problems
    assert problem.kind is ProblemKind.TOOL_FAILED
    assert f"imagelint says {said.value}" in problem.detail


def test_keys_that_only_cosign_can_reach_are_left_to_it(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_KEY", (lab.keys / "build.pub").read_text())
    signer = BUILD._replace(key="env://BUILD_KEY")
    found = check(lab, signed(lab, "native-bundle"), signer, cross=False)
    assert (found.outcome, found.matched) == (VERIFIED, ())


def signed(lab: Lab, name: str) -> str:
    reference = lab.push(name)
    mark = lab.folder / "native" / name
    if not mark.exists():
        lab.signing.sign(reference, "build")
        mark.parent.mkdir(exist_ok=True)
        mark.touch()
    return reference
