from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from imagelint.policy.starter import HOOK_REPOSITORY
from tests.cli.projects import GOOD, POD, ROOT, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

HOOKS = ".pre-commit-config.yaml"
POLICY = ".imagelint.yaml"


def hooks(folder: Path) -> list[str]:
    text = (folder / HOOKS).read_text(encoding="utf-8")
    return [repo["repo"] for repo in yaml.safe_load(text)["repos"]]


def test_a_policy_and_a_hook_are_written(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD, pod_yaml=POD)
    answer = program("init")
    assert (answer.code, answer.err) == (0, "")
    assert "wrote .imagelint.yaml: found 1 dockerfile, 1 kubernetes\n" in answer.out
    assert answer.out.endswith("next: imagelint check\n")
    written = yaml.safe_load((here / POLICY).read_text(encoding="utf-8"))
    assert written["name"] == "project"
    assert written["environment"]["registries"] == [
        "docker.io/library/*",
        "registry.example.com/llm/*",
    ]
    assert hooks(here) == [HOOK_REPOSITORY]
    assert program("policy", "check").code == 0


def test_an_empty_folder_gets_a_policy_too(program: Program, here: Path) -> None:
    (here / "new").mkdir()
    assert "found nothing to examine yet" in program("init", "new").out
    assert program("policy", "check", f"new/{POLICY}").code == 0


def test_model_servers_and_templates_are_seen(program: Program, here: Path) -> None:
    server = POD.replace("registry.example.com/llm/server:2.1", "vllm/vllm-openai:v0.8.5")
    selector = '  nodeSelector: {nvidia.com/gpu.product: "NVIDIA-H200"}\n  containers'
    server = server.replace("  containers", selector)
    write(here, server_yaml=server, chart__templates__pod_yaml="{{- if .x }}\n" + POD + "{{ end }}")
    (here / "binary.yaml").write_bytes(b"\0\0")
    program("init")
    written = yaml.safe_load((here / POLICY).read_text(encoding="utf-8"))
    assert written["extends"] == ["recommended", "gpu-serving"]
    assert written["exclude"] == ["chart/templates/pod.yaml"]
    assert "Model servers: vllm." in (here / POLICY).read_text(encoding="utf-8")
    assert "NVIDIA-H200" in (here / POLICY).read_text(encoding="utf-8")


def test_what_failed_before_fails_behind_it(program: Program, here: Path) -> None:
    write(here, chart__templates__pod_yaml="{{- if .x }}\n" + POD + "{{ end }}")
    write(here, chart__templates__Dockerfile=ROOT, pod_yaml="{{- if .x }}\n" + POD + "{{ end }}")
    write(
        here, deploy__pod_yaml=POD.replace("      image", "      securityContext: 1\n      image")
    )
    (here / "chart/templates/od[d].yaml").write_text("{{- if .x }}\n" + POD + "{{ end }}")
    program("init")
    written = yaml.safe_load((here / POLICY).read_text(encoding="utf-8"))
    assert written["exclude"] == [
        "chart/templates/od?d].yaml",
        "chart/templates/pod.yaml",
        "./pod.yaml",
    ]
    answer = program("check")
    assert answer.code == 1
    assert "chart/templates/Dockerfile:1:" in answer.out
    assert "deploy/pod.yaml" in answer.out
    assert "3 excluded by the policy)" in answer.out


@pytest.mark.parametrize("server", [ROOT, "FROM vllm/vllm-openai:v0.8.5\nUSER 1\n"])
def test_no_rule_that_was_on_is_off_behind_it(program: Program, here: Path, server: str) -> None:
    write(here, Dockerfile=server)
    before = [line for line in program("rules").out.splitlines() if " off " in line]
    program("init")
    assert [line for line in program("rules").out.splitlines() if " off " in line] == before


def test_a_policy_above_is_not_replaced_unless_asked(program: Program, here: Path) -> None:
    (here / POLICY).write_text("extends: [strict]\n", encoding="utf-8")
    (here / "deep").mkdir()
    answer = program("init", "deep")
    assert answer.code == 2
    assert (
        "a policy holds here already\n   at: .imagelint.yaml\n help: change that one" in answer.err
    )
    assert not (here / "deep" / POLICY).exists()
    assert program("init", "--force", "deep").code == 0
    (here / "other" / ".git").mkdir(parents=True)
    assert program("init", "other").code == 0


def test_a_policy_is_not_overwritten_unless_asked(program: Program, here: Path) -> None:
    (here / POLICY).write_text("name: mine\n", encoding="utf-8")
    answer = program("init")
    assert answer.code == 2
    assert "there is a policy already" in answer.err
    assert (here / POLICY).read_text(encoding="utf-8") == "name: mine\n"
    assert not (here / HOOKS).exists()
    assert program("init", "--force").code == 0
    assert (here / POLICY).read_text(encoding="utf-8") != "name: mine\n"


def test_a_dangling_link_is_not_written_through_unless_asked(program: Program, here: Path) -> None:
    (here / POLICY).symlink_to(here.parent / "elsewhere")
    assert program("init").code == 2
    assert not (here.parent / "elsewhere").exists()


@pytest.mark.parametrize(
    "before",
    [
        "repos:\n  - repo: https://example.com/a\n    rev: v1\n    hooks: [{id: a}]\n",
        "repos:\n- repo: https://example.com/a\n  rev: v1\n  hooks:\n  - id: a\n",
        "# ours\nrepos:\n\n    # one\n    - repo: local\n      hooks: [{id: a}]\n",
    ],
)
def test_a_hook_is_added_to_others(program: Program, here: Path, before: str) -> None:
    (here / HOOKS).write_text(before, encoding="utf-8")
    assert "runs imagelint before each commit" in program("init").out
    assert hooks(here)[0] == HOOK_REPOSITORY
    assert len(hooks(here)) == 2
    again = program("init", "--force")
    assert f"{HOOKS} has the hook already" in again.out


@pytest.mark.parametrize("before", ["repos: [{repo: local, hooks: []}]\n", "ci: {}\n", "]]\n"])
def test_odd_hooks_are_left_alone(program: Program, here: Path, before: str) -> None:
    (here / HOOKS).write_text(before, encoding="utf-8")
    answer = program("init")
    assert answer.code == 0
    assert f"{HOOKS} was left alone; add this below `repos:`\n  - repo: " in answer.out
    assert (here / HOOKS).read_text(encoding="utf-8") == before


def test_hooks_that_are_no_text_are_left_alone(program: Program, here: Path) -> None:
    (here / HOOKS).write_bytes(b"repos:\n# caf\xe9\n")
    answer = program("init")
    assert answer.code == 0
    assert "was left alone" in answer.out
    (here / HOOKS).unlink()
    (here / HOOKS).mkdir()
    assert "was left alone" in program("init", "--force").out


def test_an_empty_list_of_hooks_gets_ours(program: Program, here: Path) -> None:
    (here / HOOKS).write_text("repos:\n", encoding="utf-8")
    program("init")
    assert hooks(here) == [HOOK_REPOSITORY]


def test_a_folder_must_be_there(program: Program) -> None:
    assert program("init", "missing").code == 2


@pytest.mark.parametrize(
    ("tool", "file", "text"),
    [
        ("hadolint", ".hadolint.yaml", "ignored: [DL3002]\n"),
        ("tally", "tally.toml", '[rules]\nexclude = ["hadolint/DL3002"]\n'),
        ("checkov", ".checkov.yml", "skip-check: [CKV_DOCKER_3, CKV_DOCKER_8]\n"),
        ("trivy", ".trivyignore", "DS-0002\nCVE-2024-1\n"),
        ("kube-linter", ".kube-linter.yaml", "checks: {exclude: [latest-tag]}\n"),
    ],
)
def test_the_configuration_of_another_linter_is_taken_over(
    program: Program, here: Path, tool: str, file: str, text: str
) -> None:
    (here / file).write_text(text, encoding="utf-8")
    answer = program("init", "--from", tool)
    assert answer.code == 0, answer.err
    assert f"rules of {file}\n" in answer.out
    assert program("policy", "check").code == 0
    written = yaml.safe_load((here / POLICY).read_text(encoding="utf-8"))
    assert False in written["rules"].values()


def test_a_configuration_that_is_not_there_is_wrong_usage(program: Program, here: Path) -> None:
    answer = program("init", "--from", "hadolint")
    assert answer.code == 2
    assert "there is no configuration of hadolint" in answer.err
    (here / "odd").write_bytes(b"\0")
    assert program("init", "--from", "hadolint", "--config", "odd").code == 2
    assert not (here / POLICY).exists()
