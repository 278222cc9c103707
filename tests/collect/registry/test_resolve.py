from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.registry.resolve import contradiction, named, resolve
from imagelint.core.errors import UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.image.image import ImageIdentity, ImageTarget
from imagelint.documents.image.manifest import ImageLayer
from imagelint.documents.image.vulnerabilities import VulnerabilityReport, parse_vulnerabilities
from imagelint.testing.images import Image, Layout
from tools.lab.registry import free_port
from tools.lab.signing import push

if TYPE_CHECKING:
    from pathlib import Path

    from tests.collect.conftest import Lab

DIGEST = "sha256:" + "0a" * 32
OTHER = "sha256:" + "0b" * 32
LAYER = ImageLayer("sha256:" + "0c" * 32, "sha256:" + "0d" * 32, 7)
IMAGE = ImageTarget(
    ImageIdentity("a.test/llm:v1", DIGEST, "a.test/llm", manifest=DIGEST, config=OTHER)
)
LAYERED = IMAGE.replaced(IMAGE.identity._replace(layers=(LAYER,)))


def targets(found: tuple[ImageTarget, ...] | Problem) -> tuple[ImageTarget, ...]:
    assert not isinstance(found, Problem), found
    return found


def report(**metadata: Any) -> VulnerabilityReport:
    value = {"SchemaVersion": 2, "ArtifactType": "container_image", "Metadata": metadata}
    return parse_vulnerabilities(Source("x", json.dumps(value)))


def test_a_tag_is_asked_for_once(lab: Lab) -> None:
    repository, _, digest = lab.push("resolved", Image(user="7")).partition("@")
    for end in (":v1", f":v1@{digest}", f"@{digest}"):
        (found,) = targets(resolve(f"{repository}{end}"))
        assert (found.digest, found.reference) == (digest, f"{repository}{end}")
        assert found.identity.pinned == f"{repository}@{digest}" == found.identity.alone
        assert (found.identity.manifest, found.identity.platform) == (digest, "linux/amd64")
        assert found.config is not None
        assert found.config.user == "7"
        assert len(found.identity.layers) == 1


def test_every_image_of_an_index_is_one(lab: Lab, tmp_path: Path) -> None:
    made = [Image(user=name, architecture=name) for name in ("amd64", "arm64")]
    digest = Layout(tmp_path).add_index(made)
    repository = f"{lab.host}/team/several"
    push(tmp_path, "v1", f"{repository}:v1")
    found = targets(resolve(f"{repository}:v1"))
    assert {one.digest for one in found} == {digest}
    assert [one.identity.platform for one in found] == ["linux/amd64", "linux/arm64"]
    assert [one.identity.label for one in found] == ["linux/amd64: ", "linux/arm64: "]
    assert len({one.identity.alone for one in found}) == 2
    (arm,) = targets(resolve(f"{repository}:v1", "linux/arm64"))
    assert (arm.digest, arm.identity.label) == (digest, "")


def test_an_image_of_another_platform_is_none(lab: Lab) -> None:
    reference = lab.push("only-amd64")
    found = resolve(reference, "linux/arm64")
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.NOT_FOUND
    assert found.detail == "has no image for linux/arm64; there is: linux/amd64"


def test_a_registry_that_is_not_there_is_a_problem() -> None:
    found = resolve(f"127.0.0.1:{free_port()}/llm:v1")
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.UNREACHABLE
    assert "the registry cannot be reached" in found.detail


def test_a_tag_that_is_not_there_is_a_problem(lab: Lab) -> None:
    for end in (":v1", f"@{DIGEST}"):
        found = resolve(f"{lab.host}/team/nosuch{end}")
        assert isinstance(found, Problem)
        assert found.kind is ProblemKind.NOT_FOUND


def test_a_layout_is_read(tmp_path: Path) -> None:
    digest = Layout(tmp_path).add(Image())
    assert targets(resolve(f"oci:{tmp_path}:v1"))[0].digest == digest


@pytest.mark.parametrize(
    "text",
    ["", "a.test/UPPER", "-x", "a b", "a.test/llm@sha256:short", f"a.test/llm@sha256:{'0A' * 32}"],
)
def test_what_is_no_reference_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="is not an image reference"):
        resolve(text)


def test_a_name_is_what_people_write() -> None:
    assert named("alpine:3").familiar == "alpine"
    assert named("docker.io/library/alpine:3").familiar == "alpine"


def scanned(**changes: Any) -> VulnerabilityReport:
    layer = {"Digest": LAYER.digest, "DiffID": LAYER.diff_id}
    metadata = {"RepoDigests": [f"x@{DIGEST}"], "ImageID": OTHER, "Layers": [layer]}
    return report(**{**metadata, **changes})


def test_a_report_about_this_image_contradicts_nothing() -> None:
    assert contradiction(LAYERED, scanned()) is None
    layout = LAYERED.replaced(LAYERED.identity._replace(layout="x"))
    assert contradiction(layout, scanned(RepoDigests=None)) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ImageID": DIGEST}, f"Trivy scanned {DIGEST}, not {OTHER}"),
        ({"ImageID": None}, f"Trivy scanned an image that it does not name, not {OTHER}"),
        ({"RepoDigests": [f"x@{OTHER}"]}, f"Trivy scanned {OTHER}, not {DIGEST}"),
        ({"RepoDigests": []}, f"Trivy scanned an image that it does not name, not {DIGEST}"),
        ({"Layers": None}, "Trivy scanned 0 layers that are not the image's 1"),
        ({"Layers": [{"Digest": OTHER}]}, "Trivy scanned 1 layers that are not the image's 1"),
    ],
)
def test_a_report_about_something_else_is_a_problem(change: dict[str, Any], words: str) -> None:
    found = contradiction(LAYERED, scanned(**change))
    assert isinstance(found, Problem)
    assert (found.kind, found.detail) == (ProblemKind.TOOL_FAILED, words)
