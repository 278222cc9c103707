"""The policy for a build that `docs/how-to/oci-layout.md` shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.testing.images import Image, Layout, alpine

if TYPE_CHECKING:
    from tests.gate.conftest import Yard

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "oci-layout.md"


def test_what_is_not_signed_yet_is_gated_and_pushed(yard: Yard) -> None:
    shown = PAGE.read_text("utf-8").partition("```yaml title=")[2].partition("\n")[2]
    policy, verdict = yard.folder / "build.yaml", yard.folder / "verdict.json"
    policy.write_text(shown.partition("```")[0], encoding="utf-8")
    folder = yard.folder / "image"
    Layout(folder).add(Image((alpine(("musl", "1.2.5-r0")),)))
    with_policy = ("--policy", str(policy))
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache), "--attest", str(verdict))
    gated = yard.ours("gate", f"oci:{folder}", *with_policy, *scan)
    assert gated.code == 0, gated.text
    assert "verify" in gated.text  # that it was left out is told
    target = f"{yard.lab.host}/team/before:v1"
    pushed = yard.ours("push", f"oci:{folder}", target, "--verdict", str(verdict), *with_policy)
    assert pushed.code == 0, pushed.text
