"""Layers are read where they are: in a folder, in an archive, in a registry."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.images import contents
from imagelint.collect.images.contents import InspectedImage, inspect
from imagelint.collect.registry.layout import resolve_layout
from imagelint.collect.registry.resolve import resolve
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.layers.nodes import HistoryStep, InstalledPackage, LayerContents
from imagelint.testing.archives import docker_archive
from imagelint.testing.images import Image, Layout, python_package

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.documents.image.image import ImageTarget
    from tests.collect.conftest import Lab
    from tests.conftest import Program

IMAGE = Image((python_package("vllm", "0.8.5"), {"b": "2"}))
NAMES = {("vllm", "0.8.5")}


def one(found: tuple[ImageTarget, ...] | Problem) -> ImageTarget:
    assert not isinstance(found, Problem), found
    (target,) = found
    return target


def inspected(target: ImageTarget, deadline: Deadline = NEVER) -> InspectedImage:
    return inspect(target, deadline, lambda _step: None)


def packages(found: InspectedImage) -> set[tuple[str, str]]:
    nodes = found.target.nodes()
    return {(one.name, one.version) for one in nodes if isinstance(one, InstalledPackage)}


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    Layout(tmp_path / "layout").add(IMAGE)
    return tmp_path / "layout"


def layers_of(layout: Path) -> list[Path]:
    entry = json.loads((layout / "index.json").read_text())["manifests"][0]
    folder = layout / "blobs" / "sha256"
    manifest = json.loads((folder / entry["digest"][7:]).read_text())
    return [folder / layer["digest"][7:] for layer in manifest["layers"]]


def test_a_layout_is_read(layout: Path) -> None:
    found = inspected(one(resolve_layout(f"oci:{layout}")))
    assert found.problems == ()
    assert packages(found) == NAMES
    steps = [node for node in found.target.contents if isinstance(node, HistoryStep)]
    assert [step.command for step in steps] == ["COPY . /", "COPY . /"]


def test_a_registry_is_read(lab: Lab) -> None:
    found = inspected(one(resolve(lab.push("inspected", IMAGE))))
    assert found.problems == ()
    assert packages(found) == NAMES


def test_a_registry_that_loses_a_layer_is_a_problem(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = one(resolve(lab.push("inspected", IMAGE)))
    lost = target.identity.layers[0]._replace(digest="sha256:" + "0" * 64)
    changed = target.replaced(target.identity._replace(layers=(lost, *target.identity.layers[1:])))
    (problem,) = inspected(changed).problems
    assert problem.kind is ProblemKind.UNREACHABLE
    assert "the layer 1 (sha256:000" in problem.detail
    kinds = {problem.kind for problem in inspected(changed, Deadline(0.000001)).problems}
    assert kinds == {ProblemKind.TIMED_OUT}


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (lambda file: file.unlink(), ProblemKind.UNREADABLE, "No such file"),
        (lambda file: file.write_bytes(b"no tar" * 100), ProblemKind.UNPARSABLE, "number"),
        (lambda file: file.write_bytes(b""), ProblemKind.UNPARSABLE, "does not have its digest"),
    ],
)
def test_a_layer_that_cannot_be_read_is_a_problem_and_the_others_are_read(
    layout: Path, change: object, kind: ProblemKind, said: str
) -> None:
    target = one(resolve_layout(f"oci:{layout}"))
    assert callable(change)
    change(layers_of(layout)[1])
    found = inspected(target)
    (problem,) = found.problems
    assert problem.kind is kind
    assert said in problem.detail
    assert problem.detail.startswith("the layer 2 (sha256:")
    assert packages(found) == NAMES
    assert sum(isinstance(node, LayerContents) for node in found.target.contents) == 2


def test_time_bounds_the_reading(layout: Path) -> None:
    found = inspected(one(resolve_layout(f"oci:{layout}")), Deadline(0.000001))
    assert {problem.kind for problem in found.problems} == {ProblemKind.TIMED_OUT}


def test_a_missing_configuration_tells_no_history(
    layout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = one(resolve_layout(f"oci:{layout}"))
    monkeypatch.setattr(contents, "read_json", lambda _text: "is nothing")
    found = inspected(target)
    assert not any(isinstance(node, HistoryStep) for node in found.target.contents)


def test_the_command_tells_every_layer(program: Program, layout: Path, tmp_path: Path) -> None:
    file = tmp_path / "image.tar"
    file.write_bytes(docker_archive(layout))
    answer = program("image", str(file), "--format", "json", "--policy", "baseline")
    evidence = {row["name"]: row["value"] for row in json.loads(answer.out)["evidence"]}
    assert evidence["layers"].startswith("2 read (")
    assert "COPY . / · holds usr/lib 48 B" in evidence["layer 1"]
    assert evidence["layer 2"].endswith("holds b 1 B")
    assert evidence["as dive counts"].startswith("100.0% efficient, 0 B wasted")
    assert evidence["reclaimable"] == "0 B never seen (0 B as stored)"


def test_the_command_is_incomplete_when_a_layer_is_not_what_it_says(
    program: Program, layout: Path
) -> None:
    layers_of(layout)[0].write_bytes(b"x")
    answer = program("image", f"oci:{layout}", "--policy", "baseline")
    assert answer.code == 3
