"""An evaluation that the gate demands: signed by the real cosign, of this image and no other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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
