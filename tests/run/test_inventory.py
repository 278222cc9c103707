from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.policy.starter import Inventory
from imagelint.run.inventory import take_inventory
from tests.cli.projects import GOOD, POD, write

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_folder_holds_nothing(here: Path) -> None:
    assert take_inventory(str(here)) == Inventory({})


def test_kinds_are_counted_and_registries_named(here: Path) -> None:
    write(here, a__Dockerfile=GOOD, b__Dockerfile=f"FROM ghcr.io/team/deep/app:1\n{GOOD}")
    write(here, pod_yaml=POD, settings_yaml="a: 1\n")
    (here / "Dockerfile").write_bytes(b"\0")
    (here / "compose.yaml").write_text("services: {a: {image: '${X}'}}\n", encoding="utf-8")
    held = take_inventory(".")
    assert held.kinds == {"compose": 1, "dockerfile": 2, "kubernetes": 1}
    assert held.registries == (
        "docker.io/library/*",
        "ghcr.io/team/deep/*",
        "registry.example.com/llm/*",
    )
    assert held.engines == ()


def test_templates_are_named(here: Path) -> None:
    write(here, chart__templates__pod_yaml="{{- if .a }}\n" + POD + "{{- end }}\n")
    assert take_inventory(".").templates == ("chart/templates/pod.yaml",)
    assert take_inventory(str(here)).templates == ("chart/templates/pod.yaml",)
