"""Findings about an image stand at the lines of the Dockerfile that made what they are about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.testing.images import Image, Layout, alpine, python_package

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gate.conftest import Yard

FILE = """\
FROM alpine:3.22.1
RUN pip install vllm==0.8.5
COPY app /app
USER 10001
"""
STEPS = (
    "ADD rootfs.tar.gz / # buildkit",
    ' CMD ["/bin/sh"]',
    "RUN /bin/sh -c pip install vllm==0.8.5 # buildkit",
    "COPY app /app # buildkit",
    " USER 10001",
)
LAYERS = (
    alpine(("openssl", "3.1.4-r0")),
    python_package("vllm", "0.8.5"),
    {"app/.git/HEAD": "ref: refs/heads/main\n", "app/main.py": ""},
)
BUILT = Image(LAYERS, steps=STEPS)
RULES = ("--rule", "unsigned-image=off", "--rule", "wrong-signer=off", "--policy", "recommended")


@pytest.fixture
def gate(yard: Yard, here: Path) -> str:
    """The image, in a layout beside the Dockerfile that made it."""
    (here / "Dockerfile").write_text(FILE, encoding="utf-8")
    Layout(yard.folder / "layout").add(BUILT)
    return f"oci:{yard.folder / 'layout'}:v1"


def words(yard: Yard, *more: str) -> tuple[str, ...]:
    return (*RULES, "--offline", "--trivy-cache", str(yard.lab.cache), *more)


def places(sarif: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """By what a finding is about, its file and line."""
    found = {}
    for result in sarif["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        name = result["locations"][0].get("logicalLocations", [{}])[0].get("fullyQualifiedName", "")
        at = (place["artifactLocation"]["uri"], place["region"]["startLine"])
        found[f"{result['ruleId']} {name}"] = at
    return found


def test_sarif_has_them_at_the_line_of_the_dockerfile(yard: Yard, gate: str) -> None:
    left = ("--rule", "leftover-build-file=low", "--format", "sarif")
    ended = yard.ours("gate", gate, "Dockerfile", *words(yard, *left))
    found = places(json.loads(ended.text))
    scanned = {name: at for name, at in found.items() if "vulnerable-package" in name}
    assert set(scanned.values()) == {("Dockerfile", 1), ("Dockerfile", 2)}
    assert any("METADATA" in name and at[1] == 2 for name, at in scanned.items())
    assert ("Dockerfile", 3) in {at for name, at in found.items() if ".git" in name}, sorted(found)


def test_the_text_has_them_by_package_and_layer(yard: Yard, gate: str) -> None:
    ended = yard.ours("gate", gate, "Dockerfile", *words(yard))
    lines = [line.strip(" |") for line in ended.text.splitlines()]
    assert "openssl 3.1.4-r0 (alpine 3.22.1), layer 1 is of the base image: Dockerfile:1" in lines
    (vllm,) = [line for line in lines if line.startswith("vllm 0.8.5 (")]
    assert vllm.endswith("layer 2 is made here: Dockerfile:2")
    rows = [line.split() for line in lines if "CVE-2099-" in line]
    assert all(row[0] in {"critical", "high", "medium", "low", "info"} for row in rows)
    assert any(row[1].startswith("CVE-2099-") and row[2][0].isdigit() for row in rows)


@pytest.mark.parametrize("name", ["github", "gitlab", "defectdojo"])
def test_other_formats_have_them_there_too(yard: Yard, gate: str, name: str) -> None:
    ended = yard.ours("gate", gate, "Dockerfile", *words(yard, "--format", name))
    part = {
        "github": "file=Dockerfile,line=2,",
        "gitlab": '"location": {"lines": {"begin": 2, "end": 2}, "path": "Dockerfile"}',
        "defectdojo": '"line": 2',
    }[name]
    assert part in ended.text


def test_a_dockerfile_that_did_not_make_it_is_not_blamed(yard: Yard, gate: str, here: Path) -> None:
    (here / "Dockerfile").write_text(FILE.replace("0.8.5", "0.9.0"), encoding="utf-8")
    ended = yard.ours("gate", gate, "Dockerfile", *words(yard))
    assert "is made here" not in ended.text
    # Nor are two of which either could have.
    for folder in ("a", "b"):
        (here / folder).mkdir()
        (here / folder / "Dockerfile").write_text(FILE, encoding="utf-8")
    ended = yard.ours("gate", gate, "a", "b", *words(yard))
    assert "is made here" not in ended.text


def test_each_image_of_an_index_has_its_own(yard: Yard, here: Path) -> None:
    (here / "Dockerfile").write_text(FILE, encoding="utf-8")
    other = BUILT._replace(architecture="arm64", layers=(LAYERS[0], {}, LAYERS[2]))
    Layout(yard.folder / "both").add_index((BUILT, other))
    image = f"oci:{yard.folder / 'both'}:v1"
    ended = yard.ours("gate", image, "Dockerfile", *words(yard))
    assert "(linux/amd64: alpine 3.22.1), layer 1 is of the base image: Dockerfile:1" in ended.text
    assert "(linux/arm64: alpine 3.22.1), layer 1 is of the base image: Dockerfile:1" in ended.text
