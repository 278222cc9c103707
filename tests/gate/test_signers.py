"""Who signed: patterns of identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.gate.attack import Outcome, Said, attack
from tools.lab.keyless import Authority

if TYPE_CHECKING:
    from tests.gate.conftest import Yard

TITLE = "Who signed"
GITHUB = "https://token.actions.githubusercontent.com"
FORK = "https://github.com/org/repo-fork/.github/workflows/any.yml@refs/heads/topic"


def _signed_by(yard: Yard, name: str, identity: str) -> tuple[str, str]:
    """An image that an identity signed, and the trusted root of its authority."""
    authority = Authority(yard.folder / "authority")
    reference = yard.lab.push(name)
    authority.sign(reference, identity, GITHUB)
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
