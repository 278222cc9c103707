from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.registry.resolve import identified, named, resolve
from imagelint.core.errors import UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.image.image import ImageIdentity, ImageTarget
from imagelint.documents.image.vulnerabilities import VulnerabilityReport, parse_vulnerabilities
from tools.lab.mkimage import Image, Layout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collect.conftest import Lab

DIGEST = "sha256:" + "0a" * 32
OTHER = "sha256:" + "0b" * 32


def target(found: ImageTarget | Problem) -> ImageTarget:
    assert isinstance(found, ImageTarget), found
    return found


def report(**metadata: Any) -> VulnerabilityReport:
    value = {"SchemaVersion": 2, "ArtifactType": "container_image", "Metadata": metadata}
    return parse_vulnerabilities(Source("x", json.dumps(value)))


def test_a_digest_stands_for_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = target(resolve(f"a.test/llm:v1@{DIGEST}", "linux/arm64"))
    assert found.identity == ImageIdentity(
        f"a.test/llm:v1@{DIGEST}", DIGEST, "a.test/llm", platform="linux/arm64"
    )
    assert found.config is None


def test_a_tag_is_asked_for_once(lab: Lab) -> None:
    repository, _, digest = lab.push("resolved").partition("@")
    found = target(resolve(f"{repository}:v1"))
    assert (found.digest, found.reference) == (digest, f"{repository}:v1")
    assert found.identity.pinned == f"{repository}@{digest}"


def test_a_tag_cannot_be_asked_for_without_a_tool(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = resolve("a.test/llm:v1")
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.TOOL_MISSING


def test_a_layout_is_read(tmp_path: Path) -> None:
    digest = Layout(tmp_path).add(Image())
    assert target(resolve(f"oci:{tmp_path}:v1")).digest == digest


@pytest.mark.parametrize("text", ["", "a.test/UPPER", "-x", "a b", "a.test/llm@sha256:short"])
def test_what_is_no_reference_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="is not an image reference"):
        resolve(text)


def test_a_name_is_what_people_write() -> None:
    assert named("alpine:3").repository == "alpine"
    assert named("docker.io/library/alpine:3").repository == "alpine"
    assert named("alpine:3").digest == ""


def test_the_report_tells_the_digest_and_the_configuration() -> None:
    scanned = report(RepoDigests=[f"a.test/llm@{DIGEST}"], ImageConfig={"config": {"User": "7"}})
    found = target(identified(ImageTarget(named("a.test/llm:v1")), scanned))
    assert found.digest == DIGEST
    assert found.config is not None
    assert found.config.user == "7"


def test_a_report_about_another_image_is_a_problem() -> None:
    scanned = report(RepoDigests=[f"a.test/llm@{OTHER}"])
    found = identified(ImageTarget(named(f"a.test/llm@{DIGEST}")), scanned)
    assert isinstance(found, Problem)
    assert found.detail == f"Trivy scanned {OTHER}, not {DIGEST}"


def test_a_layout_needs_no_report(tmp_path: Path) -> None:
    Layout(tmp_path).add(Image())
    known = target(resolve(f"oci:{tmp_path}"))
    assert identified(known, report(ImageID=known.identity.config)) is known


def test_a_report_about_another_layout_is_a_problem(tmp_path: Path) -> None:
    Layout(tmp_path).add(Image())
    known = target(resolve(f"oci:{tmp_path}"))
    found = identified(known, report(ImageID=OTHER))
    assert isinstance(found, Problem)
    assert found.detail == f"Trivy scanned {OTHER}, not {known.identity.config}"
