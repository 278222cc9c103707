"""Who signed: patterns of identities."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.testing.authority import Authority
from imagelint.testing.images import MEDIA, Image, Layout
from imagelint.testing.keys import SIGNATURE, SigningKey
from tests.gate.attack import Ended, Outcome, Said, attack
from tools.lab.signing import attach, push, run

if TYPE_CHECKING:
    from tests.gate.conftest import Yard

TITLE = "Who signed"
GITHUB = "https://token.actions.githubusercontent.com"
FORK = "https://github.com/org/repo-fork/.github/workflows/any.yml@refs/heads/topic"


def _signed_by(yard: Yard, name: str, identity: str) -> tuple[str, str]:
    """An image that an identity signed, and the trusted root of its authority."""
    authority = Authority(yard.folder / "authority")
    reference = yard.lab.push(name)
    attach(reference, authority.bundle(reference, identity, GITHUB), yard.folder)
    return reference, str(authority.trusted_root())


def _policy(yard: Yard, root: str, pattern: str, issuer: str = GITHUB) -> str:
    path = yard.folder / "policy.yaml"
    signer = f'{{name: release, identity: "{pattern}", issuer: "{issuer}", pattern: true}}'
    text = f"extends: [strict]\nenvironment:\n  trusted-root: {root}\n  signers: [{signer}]\n"
    path.write_text(text, encoding="utf-8")
    return str(path)


@attack(
    "A fork signs, and the pattern of the signer matches in the middle of the fork's identity",
    bare=Said("cosign verify --certificate-identity-regexp", 0, told="verified"),
    ours=Said("verify", 1, "wrong-signer", "`wrong-signer`"),
)
def test_a_pattern_stands_for_the_whole_identity(yard: Yard) -> Outcome:
    reference, root = _signed_by(yard, "fork", FORK)
    pattern = "https://github.com/org/repo"
    flags = [f"--certificate-identity-regexp={pattern}", f"--certificate-oidc-issuer={GITHUB}"]
    bare = yard.bare("cosign", "verify", f"--trusted-root={root}", *flags, reference)
    wide = _policy(yard, root, f"{pattern}-[a-z]+/.*")
    assert yard.ours("verify", reference, "--policy", wide).code == 0
    policy = _policy(yard, root, pattern)
    return Outcome(yard.ours("verify", reference, "--policy", policy), bare)


@attack(
    "A pattern for the issuer matches an address that merely contains it",
    bare=Said("cosign verify --certificate-oidc-issuer-regexp", 0, told="verified"),
    ours=Said("verify", 1, "wrong-signer", "`wrong-signer`"),
)
def test_a_pattern_stands_for_the_whole_issuer(yard: Yard) -> Outcome:
    reference, root = _signed_by(yard, "issuer", FORK)
    flags = [f"--certificate-identity={FORK}", "--certificate-oidc-issuer-regexp=actions.github"]
    bare = yard.bare("cosign", "verify", f"--trusted-root={root}", *flags, reference)
    policy = _policy(yard, root, FORK, "https://token.actions.github")
    return Outcome(yard.ours("verify", reference, "--policy", policy), bare)


@attack(
    "A policy trusts a pattern that everybody's identity matches",
    bare=Said("cosign verify --certificate-identity-regexp", 0, told="verified"),
    ours=Said("verify", 2, "the pattern stands for what anybody can have", "error in the policy"),
)
def test_a_pattern_for_everybody_is_an_error(yard: Yard) -> Outcome:
    reference, root = _signed_by(yard, "anybody", FORK)
    pattern = "https://github.com/.*"
    flags = [f"--certificate-identity-regexp={pattern}", f"--certificate-oidc-issuer={GITHUB}"]
    bare = yard.bare("cosign", "verify", f"--trusted-root={root}", *flags, reference)
    policy = _policy(yard, root, pattern)
    return Outcome(yard.ours("verify", reference, "--policy", policy), bare)


@attack(
    "A signed image, signature and all, is copied under the name of another",
    bare=Said("cosign verify --new-bundle-format=false", 0, told="verified"),
    ours=Said("verify --policy strict", 1, "moved-signature", "`moved-signature`"),
)
def test_a_signature_for_another_place_is_told(yard: Yard) -> Outcome:
    reference = yard.lab.push("test-build")
    yard.lab.signing.sign_former(reference, "build")
    repository, _, digest = reference.partition("@")
    release = f"{yard.lab.host}/gate/release"
    for name in ("v1", f"{digest.replace(':', '-')}.sig"):
        source = ["--from-plain-http", f"{repository}:{name}"]
        run(["oras", "cp", *source, "--to-plain-http", f"{release}:{name}"])
    key = str(yard.lab.keys / "build.pub")
    flags = ("--new-bundle-format=false", "--insecure-ignore-tlog", f"--key={key}")
    bare = yard.bare("cosign", "verify", *flags, f"{release}@{digest}")
    words = ("--key", key, "--no-transparency-log", "--policy", "strict")
    ours = yard.ours("verify", f"{release}@{digest}", *words)
    assert f"was signed as {repository}" in ours.text  # in the evidence
    exempt = yard.folder / "policy.yaml"
    text = f'extends: [strict]\nrules: {{moved-signature: {{exempt: ["{repository}"]}}}}\n'
    exempt.write_text(text, encoding="utf-8")
    allowed = yard.ours("verify", f"{release}@{digest}", *words[:3], "--policy", str(exempt))
    assert allowed.code == 0, allowed.text
    return Outcome(ours, bare)


def test_an_image_of_a_signed_index_is_told_of_it(yard: Yard, tmp_path: Path) -> None:
    made = Layout(tmp_path / "index")
    digest = made.add_index([Image(user="8"), Image(user="8", architecture="arm64")])
    name = f"{yard.lab.host}/gate/part"
    push(made.folder, "v1", f"{name}:v1")
    yard.lab.signing.sign(f"{name}@{digest}", "build")
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    whole = yard.ours("verify", f"{name}:v1", *key, "--platform", "linux/arm64")
    assert whole.code == 0, whole.text
    part = re.search(r"image for linux/arm64 +(sha256:\w+)", whole.text)
    assert part is not None
    answer = yard.ours("verify", f"{name}:v1@{part[1]}", *key)
    assert answer.code == 1
    assert f"the index {digest} lists it" in answer.text
    assert "lists it" not in yard.ours("verify", f"{name}@{part[1]}", *key).text
    made._enter({"digest": part[1], "mediaType": MEDIA + "manifest.v1+json"}, "part")
    layout = yard.ours("verify", f"oci:{made.folder}:part", *key)
    assert f"the index {digest} lists it" in layout.text


def test_evidence_names_the_programs_by_their_content(yard: Yard) -> None:
    reference = yard.signed("evidence")
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache))
    answer = yard.ours("gate", reference, *key, *scan, "--policy", "baseline")
    for name in ("trivy", "cosign"):
        path = shutil.which(name)
        assert path is not None
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        assert f"{path} sha256:{digest}" in answer.text


def _own(yard: Yard, name: str) -> tuple[str, SigningKey, tuple[str, ...]]:
    key = SigningKey(yard.folder / "own")
    return yard.lab.push(name), key, ("--key", str(key.path), "--no-transparency-log")


def _cosign(yard: Yard, reference: str, key: SigningKey) -> Ended:
    return yard.bare(
        "cosign", "verify", f"--key={key.path}", "--insecure-ignore-tlog=true", reference
    )


@attack(
    "The key signed a statement of another kind, which looks like a signature: a blank of no width"
    " stands behind its name",
    bare=Said("cosign verify", 0, told="verified, as any statement is"),
    ours=Said("verify", 1, "not signed", "`unsigned-image`"),
)
def test_what_looks_like_a_signature_is_none(yard: Yard) -> Outcome:
    reference, key, words = _own(yard, "looks-signed")
    digest = reference.partition("@")[2]
    attach(reference, key.bundle(digest, f"{SIGNATURE}\u200b"), yard.folder)
    bare, ours = _cosign(yard, reference, key), yard.ours("verify", reference, *words)
    attach(reference, key.bundle(digest), yard.folder)
    assert yard.ours("verify", reference, *words).code == 0
    return Outcome(ours, bare)


@attack(
    "A bundle names its payload twice, or its signature: readers differ in which counts",
    bare=Said("cosign verify", 10, told="no bundle that it reads"),
    ours=Said("verify", 1, "wrong-signer", "`wrong-signer`"),
)
def test_a_bundle_cannot_be_read_in_two_ways(yard: Yard) -> Outcome:
    reference, key, words = _own(yard, "twice-signed")
    good = key.bundle(reference.partition("@")[2])
    for field in ("payload", "sig"):
        twice = good.replace(f'"{field}":', f'"{field}": "e30=", "{field}":')
        attach(reference, twice, yard.folder)
    bare = _cosign(yard, reference, key)
    return Outcome(yard.ours("verify", reference, *words), bare)
