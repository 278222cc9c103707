"""Twice the input costs twice the work, whatever it is that grows."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import find
from imagelint.collect.git import list_files
from imagelint.core.source import Source
from imagelint.policy.model import Policy
from imagelint.rules import catalog
from imagelint.run.coverage import Coverage
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.files import Run, examine
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache
from tests.growing import INPUTS, SAME_PODS, Input, growth

if TYPE_CHECKING:
    from imagelint.core.report import Report

TWIN = Path(__file__).parents[1] / "testdata" / "examples" / "twins" / "script"
MOST = 2.2
SIZE = 12


@cache
def policies() -> Policies:
    return Policies(["strict", "gpu-serving"], Policy(), set())


def report(given: Input, size: int) -> Report:
    """What an examination says about an input of that size."""
    plan = Plan({}, policies())
    return Examiner(plan).source(Source(given.origin, given.text(size)), ".").report


@pytest.mark.parametrize("name", INPUTS)
def test_the_work_grows_with_the_input(name: str) -> None:
    assert growth(lambda size: report(INPUTS[name], size), SIZE) < MOST


@pytest.mark.parametrize(
    "name",
    [
        "files that later steps remove",
        "archives that later steps remove",
        "here-documents of steps",
        "stages upon stages",
    ],
)
def test_the_work_grows_with_many_steps(name: str) -> None:
    """What is small for each step outweighs the rest only where there are many."""
    assert growth(lambda size: report(INPUTS[name], size), 4 * SIZE) < MOST


def test_the_work_grows_with_what_is_copied_from_a_builder() -> None:
    def examined(size: int) -> Report:
        builds = "".join(f"RUN go build -o /srv/a{number} .\n" for number in range(size))
        copies = "".join(f"COPY --from=b /srv/x{number} /srv/\n" for number in range(size))
        text = f"FROM golang:1.23 AS b\n{builds}FROM alpine:3.20\n{copies}"
        return Examiner(Plan({}, policies())).source(Source("Dockerfile", text), ".").report

    assert growth(examined, 4 * SIZE) < MOST


@pytest.mark.parametrize(
    "name", ["ignored paths", "links that lead nowhere", "linked objects", "objects linked to one"]
)
def test_the_work_grows_with_parts_that_are_all_called_alike(name: str) -> None:
    """As in a folder of examples: each name may mean any of them."""
    given = INPUTS[name]
    alike = given._replace(part=given.part.replace("#-", "0").replace("#+", "0"))
    assert growth(lambda size: report(alike, size), 2 * SIZE) < MOST


def test_folders_whose_files_are_all_named_are_seen_to_be_whole_once(tmp_path: Path) -> None:
    def seen(size: int) -> None:
        root = tmp_path / str(size)
        files = [root / str(at) / "Dockerfile" for at in range(size)]
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        assert Coverage.of(map(str, files), {}).is_whole(str(root))

    assert growth(seen, 2 * SIZE) < MOST


def test_the_index_is_read_once_for_all_submodules_that_are_not_checked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(size: int) -> None:
        root = tmp_path / str(size)
        if not root.exists():
            root.mkdir()
            subprocess.run(["git", "init", "-q", str(root)], check=True)
            tracked = "".join(f"160000 {'1' * 40}\tm{at}\n" for at in range(size))
            index = ["git", "-C", str(root), "update-index", "--index-info"]
            subprocess.run(index, input=tracked, text=True, check=True)
            for at in range(size):
                (root / f"m{at}").mkdir()
        monkeypatch.chdir(root)
        assert len(find(["."], lambda _path: False, list_files).left_out) == size

    assert growth(found, SIZE) < MOST


def test_services_of_the_same_pods_look_for_them_once() -> None:
    only = Policies(["strict"], Policy(), set(), ("selector-too-wide", "unserved-target-port"))

    def examined(size: int) -> None:
        text = Source(SAME_PODS.origin, SAME_PODS.text(size))
        Examiner(Plan({}, only)).source(text, ".")

    assert growth(examined, 2 * SIZE) < MOST


def test_containers_of_a_pod_do_not_look_at_each_other_one_by_one() -> None:
    given = INPUTS["servers of a pod that listen on loopback"]
    only = Policies(["strict"], Policy(), set(), ("bind-localhost",))

    def examined(size: int) -> None:
        Examiner(Plan({}, only)).source(Source(given.origin, given.text(size)), ".")

    assert growth(examined, 20 * SIZE) < MOST


def test_servers_below_an_interpreter_are_not_looked_for_one_by_one() -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p#-}\nspec: {containers: [{name: a, image: b,"
        " command: [sh, -c, 'exec python -m vllm.entrypoints.openai.api_server']}]}\n---\n"
    )
    given = Input("pods.yaml", pod)
    only = Policies(["strict"], Policy(), set(), ("python-optimize",))

    def examined(size: int) -> None:
        Examiner(Plan({}, only)).source(Source(given.origin, given.text(size)), ".")

    assert growth(examined, 20 * SIZE) < MOST


def test_projects_of_compose_do_not_look_at_each_other_one_by_one(here: Path) -> None:
    """Half of them define what the others lack, which lie beside them and are no part of them."""
    only = Policies(["strict"], Policy(), set(), ("undefined-compose-name",))
    uses = "services: {a: {image: a, networks: [proxy], depends_on: [cache]}, %s}\n%s\n"

    def examined(size: int) -> None:
        folder = here / str(size)
        for number in range(size):
            place = folder / str(number)
            place.mkdir(parents=True, exist_ok=True)
            has = (
                ("cache: {image: b}", "networks: {proxy: {}}")
                if number % 2
                else ("b: {image: b}", "")
            )
            (place / "compose.yaml").write_text(uses % has, encoding="utf-8")
        found = find([str(folder)], lambda _path: False, lambda _folder: None).files
        reports = examine(found, Run(only, NullCache(), 1))
        assert sum(len(report.findings) for report in reports.values()) == size

    assert growth(examined, 20) < MOST


@pytest.mark.parametrize(
    "name", ["linked objects", "network policies", "stages with installations"]
)
def test_the_work_grows_with_the_number_of_files(name: str, here: Path) -> None:
    """Each with what others ask for: one file holds what the next one leads to or scales."""

    def examined(size: int) -> None:
        folder = here / str(size)
        folder.mkdir(exist_ok=True)
        parts = INPUTS[name].text(size).split("FROM " if "stages" in name else "---\n")
        for number, part in enumerate(filter(None, parts)):
            place = folder / str(number)
            place.mkdir(exist_ok=True)
            (place / ".dockerignore").write_text("x\n", encoding="utf-8")
            text = f"FROM {part}COPY . /app\n" if "stages" in name else part
            (place / INPUTS[name].origin).write_text(text, encoding="utf-8")
        found = find([str(folder)], lambda _path: False, lambda _folder: None).files
        reports = examine(found, Run(policies(), NullCache(), 1))
        assert not any(report.problems for report in reports.values())

    assert growth(examined, 6) < MOST


def test_the_inputs_are_examined_by_rules_of_all_families() -> None:
    reports = [report(given, 2) for given in INPUTS.values()]
    assert not any(found.problems for found in reports)
    named = {
        catalog.family(found.rule)
        for whole in reports
        for found in (*whole.findings, *(allowed.finding for allowed in whole.allowed))
    }
    # Signatures are read one report an image, what a tree loosens needs another policy, and tables
    # are as old as the day says.
    others = {"knowledge", "signatures", "trust"}
    assert named == {catalog.family(name) for name in catalog.names()} - others


def test_what_is_not_linear_is_seen() -> None:
    def linear(size: int) -> int:
        total = 0
        for number in range(size):
            total += number
        return total

    def quadratic(size: int) -> int:
        return sum(1 for _ in range(size) for _ in range(size))

    here = str(Path(__file__).parent)
    assert growth(linear, 10, here) == pytest.approx(2, abs=0.1)
    assert growth(quadratic, 10, here) > 3


def test_of_many_that_are_called_alike_the_nearest_is_meant(here: Path) -> None:
    for folder, image in ((str(number), "nginx") for number in range(20)):
        _write_deployment(here / folder, image)
    _write_deployment(here / "zone", _VLLM)
    (here / "zone" / "scaler.yaml").write_text(_BY_CPU, encoding="utf-8")
    found = find([str(here)], lambda _path: False, lambda _folder: None).files
    reports = examine(found, Run(policies(), NullCache(), 1))
    rules = {one.rule for report in reports.values() for one in report.findings}
    assert "cpu-hpa-on-gpu" in rules


def _write_deployment(folder: Path, image: str) -> None:
    folder.mkdir()
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: llm}\nspec:\n"
        "  selector: {matchLabels: {app: llm}}\n  template:\n    metadata: {labels: {app: llm}}\n"
        f"    spec:\n      containers:\n      - name: c\n        image: {image}\n"
        "        resources: {limits: {nvidia.com/gpu: 1}}\n"
    )
    (folder / "deployment.yaml").write_text(text, encoding="utf-8")


_VLLM = "vllm/vllm-openai:v0.11.0"
_BY_CPU = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: llm}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
  maxReplicas: 4
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
"""


def test_the_work_grows_with_the_number_of_environments(here: Path) -> None:
    """Folders of objects of the same names, each of them in several files."""

    def examined(size: int) -> None:
        folder = here / str(size)
        for number in range(size):
            copytree(TWIN, folder / str(number), dirs_exist_ok=True)
        found = find([str(folder)], lambda _path: False, lambda _folder: None).files
        reports = examine(found, Run(policies(), NullCache(), 1))
        assert not any(report.problems for report in reports.values())

    assert growth(examined, 4) < MOST


def test_folders_may_lie_deep_in_one_another(tmp_path: Path) -> None:
    place = tmp_path
    for _ in range(1_100):
        place /= "d"
        place.mkdir()
    file = place / "Dockerfile"
    file.touch()
    whole = Coverage.of([str(file)], {}).is_whole(str(tmp_path))
    file.unlink()
    while place != tmp_path:  # what clears folders away goes into each of them by a call
        place.rmdir()
        place = place.parent
    assert whole
