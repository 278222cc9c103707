"""The two examples: the good one has nothing to complain about, the hurried one all stages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from imagelint.cli.main import answer
from imagelint.core.report import ExitCode
from imagelint.policy.builtin import PACKS

EXAMPLES = Path(__file__).parents[1] / "testdata" / "examples"
SITE = ("--policy", "good/.imagelint.yaml")

# The stages in which a served model is made and run, each with rules that it needs.
STAGES = {
    "environment": (
        "cuda-driver-floor",
        "torch-index-vs-base",
        "host-driver-in-image",
        "gpu-request-shape",
        "visible-devices-bypass",
        "engine-without-gpu",
        "vram-weights-dont-fit",
    ),
    "image": (
        "unpinned-image",
        "floating-engine-tag",
        "unpinned-gpu-stack",
        "unpinned-requirement",
        "devel-final-stage",
        "single-stage-build",
        "pip-cache-kept",
        "apt-lists-kept",
        "root-user",
        "whole-context-copied",
        "model-revision-unpinned",
        "removed-engine-flag",
    ),
    "gpu and memory": (
        "shm-missing",
        "shm-small",
        "host-ipc",
        "gpu-memory-fraction",
        "tp-vs-gpus",
        "cache-volume-missing",
    ),
    "health": (
        "healthcheck-start-period",
        "missing-healthcheck",
        "startup-unprotected",
        "startup-budget",
        "liveness-generates",
        "bind-localhost",
        "route-timeout-short",
        "shell-form-entrypoint",
    ),
    "scaling": ("cpu-hpa-on-gpu", "scale-to-zero"),
    "security": (
        "secret-value",
        "secret-in-build",
        "secret-in-args",
        "literal-secret-env",
        "credential-file-copied",
        "curl-pipe-shell",
        "untrusted-registry",
        "privileged-container",
        "non-root-not-required",
        "privilege-escalation",
        "capabilities-kept",
        "seccomp-profile-missing",
        "writable-root",
        "host-namespaces",
        "host-path",
        "trust-remote-code",
    ),
}


class Answer(NamedTuple):
    """The exit code, the rules that fire with their files, and what else the report holds."""

    code: int
    rules: frozenset[str]
    findings: list[str]
    allowed: int
    problems: int
    examined: frozenset[str]


Judge = Callable[..., Answer]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Judge:
    monkeypatch.chdir(EXAMPLES)

    def judge(*arguments: str) -> Answer:
        code = answer(["check", "--no-cache", "--format", "json", *arguments])
        report = json.loads(capsys.readouterr().out)
        return Answer(
            code,
            frozenset(
                told["rule"]
                for finding in report["findings"]
                for told in (finding, *finding.get("parts", ()))
            ),
            [f"{one['location']['origin']}: {one['message']}" for one in report["findings"]],
            len(report["allowed"]),
            len(report["problems"]),
            frozenset(examined["kind"] for examined in report["examined"]),
        )

    return judge


def test_the_good_example_has_nothing_to_complain_about(check: Judge) -> None:
    found = check("good", "--fail-on", "info")
    assert found.findings == []
    assert (found.code, found.allowed, found.problems) == (ExitCode.PASS, 0, 0)


def test_the_good_example_has_all_kinds_of_files(check: Judge) -> None:
    kinds = {"dockerfile", "evaluation-plan", "ignore", "kubernetes", "policy", "requirements"}
    assert check("good").examined == kinds


def test_the_good_example_holds_under_every_pack(check: Judge) -> None:
    policies = (part for name in PACKS for part in ("--policy", name))
    assert check("good", *policies).findings == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_hurried_example_fails_at_every_stage(check: Judge, stage: str) -> None:
    found = check("naive", *SITE)
    assert found.code == ExitCode.FAIL
    assert set(STAGES[stage]) - found.rules == set()


def test_the_hurried_example_fails_without_a_policy_too(check: Judge) -> None:
    found = check("naive")
    assert (found.code, found.problems) == (ExitCode.FAIL, 0)


def test_the_hurried_examples_secrets_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLES)
    for format_ in ("text", "json", "sarif", "github", "summary"):
        answer(["check", "--no-cache", "--format", format_, "naive"])
        said = capsys.readouterr().out
        assert "secret-value" in said
        assert "hf_hsSDCi" not in said
        assert "team-llm-2026" not in said


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.y*ml")), ids=lambda path: path.name)
def test_the_examples_allow_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "imagelint: allow" not in text
    assert "imagelint.dev/allow" not in text
    assert "waivers" not in text
