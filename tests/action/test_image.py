"""The action with an image: one verdict about files and image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.cli.projects import GOOD, ROOT, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.action.jobs import Runner


def gated(demo: Path, image: str, **more: str) -> dict[str, str]:
    return {
        "image": f"oci:{demo / image}",
        "key": str(demo / "signer.pub"),
        "trivy-cache": str(demo / "trivy"),
        "offline": "true",
        "no-transparency-log": "true",
        **more,
    }


def test_a_signed_image_passes_the_gate(runner: Runner, demo: Path) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    done = runner(gated(demo, "image"))
    assert done.code == 0, done.stderr
    assert done.outputs["verdict"] == "pass"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", done.outputs["image-digest"])
    assert done.outputs["image-digest"].removeprefix("sha256:") in done.summary


def test_an_unsigned_image_does_not_pass_the_gate(runner: Runner, demo: Path) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    done = runner(gated(demo, "unsigned"))
    assert done.code == 1, done.stderr
    assert done.outputs["verdict"] == "fail"
    assert "unsigned-image" in done.stdout


def test_a_bad_checkout_does_not_pass_the_gate(runner: Runner, demo: Path) -> None:
    write(runner.checkout, Dockerfile=ROOT)
    done = runner(gated(demo, "image"))
    assert done.code == 1
    assert "root-user" in done.stdout
