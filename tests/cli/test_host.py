from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.cli.output.host import RULES
from imagelint.collect.process import find
from imagelint.rules import catalog
from imagelint.testing.images import Image, Layout
from tests.collect.host import hosts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

GOOD = """\
FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
CMD ["server"]
"""
LAYOUT = "oci:layout"


@pytest.fixture
def root(here: Path) -> Path:
    """A system without programs, and with a GPU on its bus."""
    folder = here / "root"
    hosts.machine(folder)
    return folder


@pytest.fixture
def smi(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A running system with two H100s, by a program that says so."""
    folder = here / "programs"
    said = hosts.smi(hosts.gpu(), hosts.gpu(), driver="550.127.08", cuda="12.4")
    hosts.program(folder, "nvidia-smi", said)
    hosts.program(folder, "nvidia-ctk", "NVIDIA Container Toolkit CLI version 1.17.4")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin")
    monkeypatch.setitem(sys.modules, "pynvml", None)
    find.cache_clear()
    return folder


def test_another_system_is_read_by_its_files(program: Program, root: Path) -> None:
    answer = program("host", "--root", "root")
    assert answer.code == 1
    assert answer.out.splitlines()[0] == (
        "bad driver   1 GPUs of NVIDIA are on the bus, and no driver works: programs were not asked"
    )
    assert answer.out.splitlines()[-1].startswith("this host is not ready: 1 GPUs of NVIDIA are")


def test_a_system_without_gpus_is_told_to_be_one(program: Program, here: Path) -> None:
    hosts.machine(here / "root", gpus=0)
    answer = program("host", "--root", "root")
    assert answer.code == 0
    assert answer.out.endswith("\nthere is no NVIDIA GPU here\n")
    told = json.loads(program("host", "--root", "root", "--json").out)
    assert told["schema"] == "imagelint.host/1"
    assert told["verdict"]["outcome"] == "pass"
    assert told["facts"]["memory"] == 65536 * 1024


def test_what_cannot_be_read_is_no_pass(program: Program, here: Path) -> None:
    hosts.machine(here / "root", gpus=0)
    hosts.write(here / "root", {"etc/docker/daemon.json": "{"})
    answer = program("host", "--root", "root")
    assert answer.code == 3
    assert "?   /etc/docker/daemon.json: " in answer.out
    assert answer.out.endswith("\nnot all could be told\n")
    told = json.loads(program("host", "--root", "root", "--json").out)
    assert told["problems"][0]["kind"] == "unparsable"


def test_an_image_starts_here(program: Program, smi: Path) -> None:
    image = "nvidia/cuda:12.4.1-runtime-ubuntu22.04"
    told = json.loads(program("host", "--image", image, "--model", "Qwen/Qwen3-8B", "--json").out)
    checks = {check["name"]: check["state"] for check in told["checks"]}
    assert (checks["driver"], checks["cuda"], checks["model"]) == ("good", "good", "good")
    assert told["asked"] == [image, "Qwen/Qwen3-8B"]
    assert told["facts"]["driver"]["gpus"][0]["product"] == "NVIDIA H100 80GB HBM3"


def test_an_image_does_not_start_here(program: Program, smi: Path) -> None:
    image = "nvidia/cuda:13.0.1-runtime-ubuntu24.04"
    answer = program("host", "--image", image)
    assert answer.code == 1
    said = "CUDA 13.0.1 needs driver 580.65.06 or newer, this host has 550.127.08"
    assert f"bad cuda     {said}\n" in answer.out
    assert f"{image} does not start here: " in answer.out


def test_an_image_that_is_not_known_is_no_answer(program: Program, smi: Path) -> None:
    answer = program("host", "--image", "acme/own:1")
    assert "which CUDA acme/own:1 is built for is not known" in answer.out
    missing = program("host", "--image", "oci:nowhere")
    assert missing.code != 0
    assert "oci:nowhere" in missing.out + missing.err


def test_an_image_is_read_where_it_lies(program: Program, smi: Path, here: Path) -> None:
    Layout(here / "layout").add(Image(env=("CUDA_VERSION=13.0.1",)))
    answer = program("host", "--image", LAYOUT)
    assert answer.code == 1
    assert "CUDA 13.0.1 needs driver 580.65.06" in answer.out


def test_an_image_of_another_platform_does_not_start(
    program: Program, smi: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Layout(here / "layout").add(Image(env=("CUDA_VERSION=12.4.1",)))
    for machine, told in (("x86_64", False), ("aarch64", True), ("riscv64", False)):
        there = os.uname_result(("Linux", "n", "6", "v", machine))
        monkeypatch.setattr(os, "uname", lambda there=there: there)
        answer = program("host", "--image", LAYOUT)
        assert ("is for linux/amd64, this host is linux/arm64" in answer.out) is told
        assert told is ("CUDA 12.4.1" not in answer.out)


def test_files_are_judged_as_if_the_policy_declared_this_host(
    program: Program, smi: Path, here: Path
) -> None:
    (here / "Dockerfile").write_text(GOOD, encoding="utf-8")
    answer = program("host", "Dockerfile")
    assert "cuda-driver-floor" not in answer.out
    (here / "Dockerfile").write_text(GOOD.replace("12.8.1", "13.0.1"), encoding="utf-8")
    answer = program("host", "Dockerfile")
    assert answer.code == 1
    assert "Dockerfile:1: CUDA 13.0.1 needs driver 580.65.06 or newer, the hosts have" in answer.out


def test_files_that_are_not_there_are_no_pass(program: Program, smi: Path, here: Path) -> None:
    (here / "empty").mkdir()
    answer = program("host", "empty", "--json")
    told = json.loads(answer.out)
    assert {"name": "files", "state": "unknown"}.items() <= told["checks"][-1].items()


def test_a_policy_declares_what_hosts_are_like(program: Program, smi: Path, here: Path) -> None:
    (here / ".imagelint.yaml").write_text(
        'environment: {driver: "580.95.05", gpu: {product: NVIDIA-H100-80GB-HBM3}}\n',
        encoding="utf-8",
    )
    answer = program("host")
    assert answer.code == 1
    assert "the policy declares driver 580.95.05, this host has 550.127.08" in answer.out


def test_what_is_no_length_is_refused(program: Program, root: Path) -> None:
    assert program("host", "--root", "root", "--max-model-len", "long").code == 2


def test_the_rules_that_are_asked_are_there() -> None:
    assert set(RULES) <= set(catalog.names())
