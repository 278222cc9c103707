"""An evaluation that the gate demands: signed by the real cosign, of this image and no other."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.tools.cosign_attest import AttestRequest, attest
from imagelint.core.report import Problem
from imagelint.testing.images import Image, alpine
from tests.cli.test_score import GOOD
from tests.gate.test_signoff import CLEAN, gate, signing

if TYPE_CHECKING:
    from tests.gate.attack import Ended
    from tests.gate.conftest import Yard

__all__ = ("signing",)  # a fixture
EXAMPLE = Path(__file__).parents[2] / "testdata" / "examples" / "promotion"


@pytest.fixture
def results(here: Path, yard: Yard) -> str:
    """The example's plan, about an image that is there."""
    reference = yard.signed("evaluated", CLEAN)
    shutil.copytree(EXAMPLE, here, dirs_exist_ok=True)
    plan = (here / "imagelint-eval.yaml").read_text(encoding="utf-8")
    there = plan.partition("image: ")[2].partition("\n")[0]
    (here / "imagelint-eval.yaml").write_text(plan.replace(there, reference), encoding="utf-8")
    return reference


def evaluate(yard: Yard, reference: str, name: str, *words: str) -> Ended:
    return yard.ours("evaluate", name, "--baseline", "previous", "--image", reference, *words)


def test_a_signed_evaluation_of_this_image_lets_it_pass(
    yard: Yard, here: Path, results: str, signing: tuple[str, ...]
) -> None:
    failed = evaluate(yard, results, "regressed", "--attest", "bad.json", *signing)
    assert failed.code == 1, failed.text
    assert gate(yard, results, "--evaluation", "attested") == 3, "what fails is not signed"
    assert gate(yard, results, "--evaluation", "bad.json") == 1
    done = evaluate(yard, results, "candidate", "--attest", "good.json", *signing)
    assert done.code == 0, done.text
    assert gate(yard, results, "--evaluation", "attested", "--attest", "verdict.json") == 0
    said = json.loads((here / "verdict.json").read_text(encoding="utf-8"))["predicate"]
    evidence = {one["name"]: one["value"] for one in said["imagelint"]["evidence"]}
    assert evidence["evaluation"].startswith("signed by command line, predicate sha256:")
    assert "clears: " in evidence["dimension faithfulness"]


def test_a_signed_evaluation_is_verified_and_of_this_image(
    yard: Yard, here: Path, results: str, signing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cosign signed with another key, or of another image, lets nothing pass."""
    evaluate(yard, results, "candidate", "--attest", "good.json")
    text = (here / "good.json").read_text(encoding="utf-8")
    other = yard.signed("evaluated-otherwise", Image((alpine(("openssl", "3.1.9-r1")),)))
    assert other.rpartition("@")[2] != results.rpartition("@")[2]
    assert gate(yard, other, "--evaluation", "good.json") == 1
    stolen = AttestRequest(*other.rpartition("@")[::2], text, key=str(yard.lab.keys / "other.key"))
    config = str(yard.lab.keys / "signing-config.json")
    assert not isinstance(attest(stolen._replace(config=config)), Problem)
    assert gate(yard, other, "--evaluation", "attested") == 3


def page(here: Path, hours: float = 0) -> None:
    """A page that was saved with its times, so many hours ago."""
    stamp = f" {int(time.time() - hours * 3600)}000\n"
    (here / "page.txt").write_text(GOOD.replace("\n", stamp), encoding="utf-8")


def test_a_scorecard_of_this_image_is_demanded_and_named(
    yard: Yard, here: Path, results: str
) -> None:
    page(here)
    scored = ("score", "--metrics", "page.txt", "--format", "json=card.json")
    assert yard.ours(*scored).code == 0
    assert gate(yard, results, "--scorecard", "card.json") == 3, "it names no image"
    assert yard.ours(*scored, "--image", results).code == 0
    assert gate(yard, results, "--scorecard", "card.json", "--attest", "verdict.json") == 0
    said = json.loads((here / "verdict.json").read_text(encoding="utf-8"))["predicate"]
    evidence = {one["name"]: one["value"] for one in said["imagelint"]["evidence"]}
    assert evidence["signal kv-cache-use"] == "worth 0.50, 0.9, target 0.85, breach 0.95"
    card = json.loads((here / "card.json").read_text(encoding="utf-8"))
    (here / "card.json").write_text(json.dumps({**card, "fail_under": 0.6}), encoding="utf-8")
    assert gate(yard, results, "--scorecard", "card.json") == 3, "its verdict is not its own"
    card["verdict"]["outcome"] = "fail"
    (here / "card.json").write_text(json.dumps({**card, "fail_under": 0.6}), encoding="utf-8")
    assert gate(yard, results, "--scorecard", "card.json") == 1


POLICY = """\
extends: [baseline]
environment:
  signers: [{{name: build, key: {key}, transparency-log: false}}]
  trust:
    - attestations: [{{type: scorecard, signed-by: [build], max-age-days: 1}}]
scorecard: {{max-age-hours: {hours}}}
"""


def by_policy(yard: Yard, reference: str, policy: str, *words: str) -> int:
    """What the gate says to the signers of a policy."""
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache), "--no-cross-check")
    return yard.ours("gate", reference, "--policy", policy, *scan, "--scorecard", *words).code


def test_a_signed_scorecard_is_of_this_image_by_a_signer_and_young(
    yard: Yard, here: Path, results: str, signing: tuple[str, ...]
) -> None:
    """What an older one says is as good as none, and so is one by another signer."""
    key = yard.lab.keys / "build.pub"
    (here / ".imagelint.yaml").write_text(POLICY.format(key=key, hours=24), encoding="utf-8")
    (here / "short.yaml").write_text(POLICY.format(key=key, hours=6), encoding="utf-8")
    demanded = (results, ".imagelint.yaml")
    scored = ("score", "--metrics", "page.txt", "--image", results, "--attest", "card.json")
    page(here, hours=8)
    assert yard.ours(*scored).code == 0
    assert by_policy(yard, *demanded, "card.json") == 1, "the policy wants a signed one"
    assert by_policy(yard, *demanded, "attested") == 1
    stolen = ("--sign-key", str(yard.lab.keys / "other.key"))
    assert yard.ours(*scored, *signing, *stolen).code == 0
    assert by_policy(yard, *demanded, "attested") == 1, "nobody knows who that is"
    assert yard.ours(*scored, *signing, "--fail-under", "0.9").code == 1
    assert by_policy(yard, *demanded, "attested") == 1, "what fails is not signed"
    assert yard.ours(*scored, *signing).code == 0
    assert by_policy(yard, *demanded, "attested", "--attest", "verdict.json") == 0
    said = json.loads((here / "verdict.json").read_text(encoding="utf-8"))["predicate"]
    evidence = {one["name"]: one["value"] for one in said["imagelint"]["evidence"]}
    assert evidence["scorecard"].startswith("signed by build, predicate sha256:")
    assert evidence["scorecard measured"].startswith("until 20")
    assert by_policy(yard, results, "short.yaml", "attested") == 3
    other = yard.signed("scored-otherwise", Image((alpine(("openssl", "3.1.9-r2")),)))
    assert by_policy(yard, other, ".imagelint.yaml", "card.json") == 1
