"""A change to the policy, and to what it leads to, that lets its own image pass."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.gate.attack import Ended, Outcome, Said, attack
from tests.trust.conftest import Repository

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.gate.conftest import Yard

TITLE = "What a pull request says about its own policy"
POLICY = """\
extends: [baseline]
rules: {unsigned-image: critical, wrong-signer: critical}
environment:
  signers: [{name: build, key: keys/build.pub, transparency-log: false}]
"""


def _project(yard: Yard, here: Path) -> Repository:
    """A repository whose policy names a signer and holds the key."""
    repository = Repository(here)
    repository.git("init", "-q", "-b", "main")
    (here / "keys").mkdir()
    shutil.copy(yard.lab.keys / "build.pub", here / "keys" / "build.pub")
    repository.commit(_imagelint_yaml=POLICY)
    repository.git("checkout", "-q", "-b", "change")
    return repository


def _foreign(yard: Yard) -> str:
    """An image that another key signed."""
    reference = yard.lab.push("of-a-change")
    mark = yard.lab.folder / "of-a-change"
    if not mark.exists():
        yard.lab.signing.sign(reference, "other")
        mark.touch()
    return reference


@attack(
    "It puts another key in the place of the signer's",
    bare=Said("cosign verify --key", 0, told="passes"),
    ours=Said("verify --policy-from main", 1, "critical[wrong-signer]", "`wrong-signer`"),
)
def test_a_key_is_read_at_the_commit(yard: Yard, here: Path) -> Outcome:
    repository = _project(yard, here)
    shutil.copy(yard.lab.keys / "other.pub", here / "keys" / "build.pub")
    repository.commit()
    image = _foreign(yard)
    flags = ("--insecure-ignore-tlog", f"--key={here}/keys/build.pub")
    assert yard.ours("verify", image).code == 0
    bare = yard.bare("cosign", "verify", *flags, image)
    return Outcome(yard.ours("verify", image, "--policy-from", "main"), bare)


@attack(
    "It switches the rules about signatures off, and waives them as well",
    ours=Said("gate --policy-from main", 1, "critical[wrong-signer]", "`wrong-signer`"),
)
def test_what_a_change_switches_off_is_judged(yard: Yard, here: Path) -> Outcome:
    repository = _project(yard, here)
    off = POLICY.replace("critical", "off").replace("baseline", "gpu-serving")
    waiver = "{rule: wrong-signer, reason: never mind, until: 2999-01-01}"
    repository.commit(_imagelint_yaml=f"{off}waivers: [{waiver}]\nfail-on: critical\n")
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache))
    ended = yard.ours("gate", _foreign(yard), *scan, "--policy-from", "main")
    assert "policy-weakened" in ended.text
    return Outcome(ended)


@attack(
    "It names a signer of its own, where an organisation locks them",
    ours=Said("verify", 1, "critical[wrong-signer]", "`wrong-signer`"),
)
def test_signers_that_an_organisation_locks_are_the_only_ones(
    yard: Yard, here: Path, monkeypatch: pytest.MonkeyPatch
) -> Outcome:
    repository = _project(yard, here)
    organisation = yard.folder / "organisation"
    (organisation / "keys").mkdir(parents=True)
    shutil.copy(yard.lab.keys / "build.pub", organisation / "keys" / "build.pub")
    (organisation / "policy.yaml").write_text(f"{POLICY}lock: {{signers: true}}\n")
    monkeypatch.setenv("IMAGELINT_POLICY", str(organisation / "policy.yaml"))
    (here / "keys" / "build.pub").unlink()
    assert _passes(yard)
    shutil.copy(yard.lab.keys / "other.pub", here / "keys" / "build.pub")
    own = POLICY.replace("critical", "info").replace("name: build", "name: mine")
    repository.commit(_imagelint_yaml=f"{own}fail-on: critical\n")
    assert _passes(yard)
    return Outcome(yard.ours("verify", _foreign(yard)))


def _passes(yard: Yard) -> bool:
    """Whether an image that the signer did sign passes."""
    ended: Ended = yard.ours("verify", yard.signed("of-the-signer"))
    return ended.code == 0


def test_the_signer_s_images_pass_by_the_key_at_the_commit(yard: Yard, here: Path) -> None:
    _project(yard, here)
    shutil.rmtree(here / "keys")
    image = yard.signed("of-the-signer")
    ended = yard.ours("verify", image, "--policy-from", "main")
    assert ended.code == 0, ended.text
    assert yard.ours("verify", image).code == 3
