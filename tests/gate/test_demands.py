"""What the command line asks for by name, and a policy in the tree that would rather not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.testing.authority import Authority
from imagelint.testing.images import Image, alpine, python_package
from tests.gate.attack import Ended, Outcome, Said, attack
from tools.lab.signing import attach

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.gate.conftest import Yard

TITLE = "What the policy in the tree says"
OFF = "rules: {unsigned-image: off, wrong-signer: off}\n"
CVES = ("CVE-2099-0002", "CVE-2099-0004")


def _verify(yard: Yard, here: Path, policy: str, *more: str, command: str = "verify") -> Ended:
    """An image that another key signed, under a policy in the tree."""
    (here / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    reference = yard.lab.push("demanded")
    mark = yard.lab.folder / "demanded"
    if not mark.exists():
        yard.lab.signing.sign(reference, "other")
        mark.touch()
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    return yard.ours(command, reference, *key, *more)


def _scan(yard: Yard, here: Path, policy: str, *more: str) -> Ended:
    (here / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    system = alpine(("openssl", "3.1.9-r0"))
    reference = yard.lab.push("to-scan", Image((system, python_package("vllm", "0.8.5"))))
    return yard.ours("scan", reference, "--offline", "--trivy-cache", str(yard.lab.cache), *more)


@attack(
    "The policy in the tree switches the rules about signatures off",
    ours=Said("verify --key", 1, "wrong-signer", "`wrong-signer`"),
)
def test_a_key_is_asked_for_whatever_is_off(yard: Yard, here: Path) -> Outcome:
    gate = ("--offline", "--trivy-cache", str(yard.lab.cache))
    assert _verify(yard, here, OFF, *gate, command="gate").code == 1
    return Outcome(_verify(yard, here, OFF))


@attack(
    "It makes them harmless, and lets fail only what is critical",
    ours=Said("verify --key", 1, "critical[wrong-signer]", "`wrong-signer`, critical"),
)
def test_a_key_is_asked_for_however_harmless_that_is(yard: Yard, here: Path) -> Outcome:
    mild = "fail-on: critical\nrules: {unsigned-image: info, wrong-signer: info}\n"
    unsigned = yard.lab.push("demanded-unsigned")
    (here / ".imagelint.yaml").write_text(mild, encoding="utf-8")
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    answer = yard.ours("verify", unsigned, *key)
    assert answer.code == 1
    assert "critical[unsigned-image]" in answer.text
    return Outcome(_verify(yard, here, mild))


@attack(
    "It waives them, and exempts the image",
    ours=Said("verify --key", 1, "wrong-signer", "`wrong-signer`"),
)
def test_a_key_is_asked_for_whatever_is_waived(yard: Yard, here: Path) -> Outcome:
    policy = (
        'rules: {wrong-signer: {exempt: ["**"]}}\nwaivers:\n'
        "  - {rule: wrong-signer, reason: never mind, until: 2999-01-01}\n"
    )
    return Outcome(_verify(yard, here, policy))


@attack(
    "It names the root of an authority of its own",
    bare=Said("cosign verify --trusted-root", 0, told="verified"),
    ours=Said("verify --identity --issuer", 1, "is not trusted", "`wrong-signer`: not that root"),
)
def test_an_identity_is_not_vouched_for_by_the_tree(
    yard: Yard, here: Path, monkeypatch: pytest.MonkeyPatch
) -> Outcome:
    authority = Authority(yard.folder / "authority")
    reference = yard.lab.push("own-root")
    identity, issuer = "https://ci.test/release", "https://issuer.test"
    attach(reference, authority.bundle(reference, identity, issuer), yard.folder)
    root = authority.trusted_root()
    signed = (f"--certificate-identity={identity}", f"--certificate-oidc-issuer={issuer}")
    bare = yard.bare("cosign", "verify", *signed, f"--trusted-root={root}", reference)
    policy = f"environment: {{trusted-root: {root}}}\n"
    (here / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    signer = ("--identity", identity, "--issuer", issuer)
    # Who names the policy names its root.
    ours = yard.ours("verify", reference, *signer, "--policy", str(here / ".imagelint.yaml"))
    assert ours.code == 0, ours.text
    return Outcome(yard.ours("verify", reference, *signer), bare)


@attack(
    "It switches the rule about vulnerable packages off",
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_a_scan_is_judged_whatever_is_off(yard: Yard, here: Path) -> Outcome:
    answer = _scan(yard, here, "{}\n", "--rule", "vulnerable-package=off")
    assert answer.code == 0, answer.text  # that is the asker's own word
    return Outcome(_scan(yard, here, "rules: {vulnerable-package: off}\n"))


@attack(
    "It exempts and waives what `--rule` asks for",
    ours=Said("scan --rule", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_a_rule_that_is_named_has_no_exceptions(yard: Yard, here: Path) -> Outcome:
    waivers = "".join(
        f"  - {{rule: vulnerable-package, subject: {name} *, reason: x, until: 2999-01-01}}\n"
        for name in CVES
    )
    policy = f'rules: {{vulnerable-package: {{exempt: ["*/to-scan*"]}}}}\nwaivers:\n{waivers}'
    assert _scan(yard, here, policy).code == 0
    return Outcome(_scan(yard, here, policy, "--rule", "vulnerable-package=critical"))
