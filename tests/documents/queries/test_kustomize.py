"""Tests of the questions about kustomizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.project import Project
from imagelint.documents.queries.kustomize import pins_image, replaced_image

if TYPE_CHECKING:
    from imagelint.documents.base import Document

HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


def project(text: str, origin: str = "config/kustomization.yaml") -> Project:
    def load(wanted: str) -> Fact[Document]:
        return Known(parse_manifest(Source(origin, text))) if wanted == origin else ABSENT

    return Project(load)


def pins(entry: str, *, by_digest: bool = False) -> bool:
    found = replaced_image(
        "config/manager.yaml", "controller", project(f"{HEAD}images: [{entry}]\n")
    )
    return found is not None and pins_image(found, by_digest=by_digest)


@pytest.mark.parametrize(
    ("entry", "tag", "digest"),
    [
        ("{name: controller, newTag: v1}", True, False),
        ("{name: controller, digest: 'sha256:00'}", True, True),
        ("{name: controller, newTag: latest}", False, False),
        ("{name: controller, newName: other}", False, False),
        ("{name: other, newTag: v1}", False, False),
    ],
)
def test_what_names_a_version(entry: str, tag: bool, digest: bool) -> None:  # noqa: FBT001 - a table
    assert pins(entry) is tag
    assert pins(entry, by_digest=True) is digest


def test_other_objects_and_other_folders_say_nothing() -> None:
    entry = "images: [{name: controller, newTag: v1}]\n"
    other = project(f"apiVersion: v1\nkind: ConfigMap\n{entry}")
    assert replaced_image("config/manager.yaml", "controller", other) is None
    assert replaced_image("other/manager.yaml", "controller", project(HEAD + entry)) is None


def test_other_names_of_the_file_count() -> None:
    found = project(f"{HEAD}images: [{{name: a, newTag: v1}}]\n", "kustomization.yml")
    assert replaced_image("pod.yaml", "a", found) is not None
