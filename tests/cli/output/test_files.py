"""Nothing is written over what is judged, nor over what judges."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.archives import oci_archive
from imagelint.testing.images import Image, Layout
from tests.cli.projects import GOOD, ROOT, policy, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

REFUSED = "is not written: it is what is judged, or what judges"
RULES = ("--policy", "recommended")


@pytest.mark.parametrize("named", [".", "a/Dockerfile"])
def test_no_report_overwrites_a_file_that_was_examined(
    program: Program, here: Path, named: str
) -> None:
    write(here, a__Dockerfile=ROOT, b__values=GOOD)
    os.link(here / "a/Dockerfile", here / "twin")
    (here / "link").symlink_to("twin")
    for place in ("a/Dockerfile", "./a/../a/Dockerfile", "twin", "link"):
        answer = program("check", named, *RULES, "--format", f"json={place}", "--format", "text")
        assert (answer.code, REFUSED in answer.err) == (2, True), place
        assert (here / "a/Dockerfile").read_text() == ROOT
    for place in ("b/values", "new.json", "new.json"):
        assert program("check", named, *RULES, "--format", f"json={place}").code == 1


def test_no_report_overwrites_the_policy_or_another_file_of_the_command(
    program: Program, here: Path
) -> None:
    write(here, Dockerfile=ROOT)
    (here / "own.yaml").write_text(policy("", "[recommended]"))
    (here / ".imagelint.yaml").write_text(policy("", "[recommended]"))
    (here / "base.json").write_text("{}")
    said = program("check", "--policy", "own.yaml", "--format", "json=own.yaml")
    assert (said.code, REFUSED in said.err) == (2, True)
    said = program("check", "--format", "json=.imagelint.yaml")
    assert (said.code, REFUSED in said.err) == (2, True)


def test_no_statement_overwrites_a_layout_or_an_archive(program: Program, here: Path) -> None:
    layout = Layout(here / "image")
    digest = layout.add(Image())
    write(here, Dockerfile=ROOT)
    (here / "image.tar").write_bytes(oci_archive(here / "image"))
    blob = f"image/blobs/sha256/{digest.partition(':')[2]}"
    before = {name: (here / name).read_bytes() for name in ("image/index.json", blob, "image.tar")}
    options = (*RULES, "--offline", "--timeout", "20")
    for image, place in (
        ("oci:image:v1", "image/index.json"),
        ("oci:image", blob),
        ("image.tar", "image.tar"),
        ("oci:image", "Dockerfile"),
    ):
        for option in (("--attest", place), ("--format", f"json={place}")):
            answer = program("gate", image, "Dockerfile", *options, *option)
            assert (answer.code, REFUSED in answer.err) == (2, True), (place, option)
        if image != "oci:image" or place == blob:
            answer = program("scan", image, "--offline", "--sbom", place)
            assert (answer.code, REFUSED in answer.err) == (2, True), place
    assert before == {name: (here / name).read_bytes() for name in before}
