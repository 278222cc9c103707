"""What asks for accelerators is listed with its engine, and what is not known is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools import engines

if TYPE_CHECKING:
    from pathlib import Path

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers:
    - {name: a, image: "vllm/vllm-openai:v0.30.0", resources: {limits: {nvidia.com/gpu: 1}}}
    - {name: b, image: "example.com/a:1", args: [x], resources: {limits: {amd.com/gpu: 1}},
       ports: [{containerPort: 80}]}
    - {name: c, image: "example.com/b:1", resources: {limits: {nvidia.com/gpu: 1}}}
    - {name: d, image: "vllm/vllm-openai:v0.30.0"}
"""
COMPOSE = """\
services:
  e: {image: "michaelf34/infinity:0.0.77", gpus: all, command: [v2, --model-id, BAAI/bge-m3]}
  f: {image: "example.com/c:1", command: echo "one   two"}
"""


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    (tmp_path / "pods.yaml").write_text(PODS)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "broken.yaml").write_text("kind: Pod\nspec: [")
    return str(tmp_path)


def test_each_container_with_accelerators_is_a_row(corpus: str) -> None:
    found = {row.owner.split()[-1]: row for row in engines.rows([corpus])}
    assert {name: row.engine for name, row in found.items()} == {
        "a": "vllm",
        "b": engines.SERVER,
        "c": engines.NONE,
        "e": "infinity",
    }
    assert found["b"].place.endswith("pods.yaml:7")
    assert found["b"].words == "x"
    assert found["a"].known
    assert not found["b"].known


def test_only_what_is_not_known_is_listed(corpus: str, capsys: pytest.CaptureFixture[str]) -> None:
    engines.main([corpus])
    printed = capsys.readouterr().out
    assert "example.com/a:1" in printed
    assert "example.com/b:1" in printed
    assert "vllm-openai" not in printed
    assert printed.splitlines()[-1] == (
        "4 containers ask for accelerators: 2 start a known engine, "
        "1 serve by one that is not known, 1 are no server"
    )
    engines.main([corpus, "--all"])
    assert "vllm-openai" in capsys.readouterr().out


def test_long_command_lines_are_cut() -> None:
    row = engines.Row("f:1", "Pod a", engines.NONE, "x:1", "w" * 500)
    line = next(engines.report([row], everything=False))
    assert line.endswith("w…")
    assert len(line) < 200
