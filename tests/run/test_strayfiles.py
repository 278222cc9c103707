"""Images of which a policy says from what they are built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.report import ProblemKind
from imagelint.policy.model import Policy
from imagelint.run.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.core.finding import Finding
    from imagelint.core.report import Problem

DOCKERFILE = """\
FROM vllm/vllm-openai:v0.30.0 AS serve
ARG GPUS=2
ENV VLLM_PORT=8000
CMD ["--model", "/m", "--tensor-parallel-size", "4"]
FROM alpine:3.20
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: server
      image: registry.example.com/team/llm:1.0
      resources: {limits: {nvidia.com/gpu: 2}}
"""
SERVE = "{dockerfile: app/Dockerfile, target: serve}"


def checked(here: Path, images: str, *, pod: str = POD) -> tuple[list[Finding], list[Problem]]:
    for name, text in (
        (".imagelint.yaml", f"images: {images}\n"),
        ("app/Dockerfile", DOCKERFILE),
        ("k8s/pod.yaml", pod),
    ):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(text, encoding="utf-8")
    reports = Session.open((), Policy(), cached=False, only=("tp-vs-gpus",)).check(["."])
    findings = [one for report in reports.values() for one in report.findings]
    return findings, [one for report in reports.values() for one in report.problems]


@pytest.mark.parametrize(
    "images",
    [
        f"{{registry.example.com/team/llm: {SERVE}}}",
        f'{{"registry.example.com/*": {SERVE}}}',
        f'{{other: nowhere/../app/Dockerfile, "*/llm": {SERVE}, "registry.*": app/Dockerfile}}',
    ],
)
def test_an_image_is_what_the_first_glob_says(here: Path, images: str) -> None:
    findings, problems = checked(here, images)
    (finding,) = findings
    assert finding.location.origin == "app/Dockerfile"
    assert finding.location.start.line == DOCKERFILE[: DOCKERFILE.index("CMD")].count("\n") + 1
    assert not problems


@pytest.mark.parametrize(
    "images",
    [
        "{registry.example.com/team: app/Dockerfile}",  # which is another repository
        '{"*": app/Dockerfile}',  # whose last stage serves nothing
    ],
)
def test_an_image_that_is_built_otherwise_is_not_taken_for_it(here: Path, images: str) -> None:
    assert checked(here, images) == ([], [])


def test_images_of_the_hub_may_be_named_as_people_do(here: Path) -> None:
    pod = POD.replace("registry.example.com/", "")
    for glob in ("team/llm", "docker.io/team/llm"):
        findings, _ = checked(here, f"{{{glob}: {SERVE}}}", pod=pod)
        assert len(findings) == 1


@pytest.mark.parametrize(
    ("images", "detail"),
    [
        ("{a: b/Dockerfile}", "`a` is built from `b/Dockerfile`, which is no file"),
        (
            "{a: {dockerfile: app/Dockerfile, target: x}}",
            "`a` is built of `x`, which is no stage of `app/Dockerfile`",
        ),
    ],
)
def test_what_is_not_there_is_a_problem_of_the_policy(here: Path, images: str, detail: str) -> None:
    _, (problem,) = checked(here, images)
    assert problem.kind is ProblemKind.UNREADABLE
    assert (problem.origin, problem.detail) == (".imagelint.yaml", detail)


def test_a_dockerfile_that_is_no_text_is_a_problem(here: Path) -> None:
    (here / "app").mkdir()
    (here / "binary").write_bytes(b"\xff\x00\xff")
    _, problems = checked(here, "{a: {dockerfile: binary, target: serve}}")
    assert "cannot be read" in problems[-1].detail
