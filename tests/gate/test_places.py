"""The same image wherever it is before it is pushed: one answer, by the real tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.archives import docker_archive, oci_archive
from imagelint.testing.images import Layout

if TYPE_CHECKING:
    from tests.gate.conftest import Yard


@pytest.mark.parametrize("scheme", ["oci", "oci-archive", "docker-archive"])
def test_an_image_is_scanned_where_it_is(yard: Yard, scheme: str) -> None:
    layout = yard.folder / "layout"
    digest = Layout(layout).add(yard.lab.vulnerable())
    (yard.folder / "oci-archive").write_bytes(oci_archive(layout))
    (yard.folder / "docker-archive").write_bytes(docker_archive(layout))
    place = layout if scheme == "oci" else yard.folder / scheme
    words = ("--policy", "strict", "--offline", "--trivy-cache", str(yard.lab.cache))
    ended = yard.ours("scan", f"{scheme}:{place}", *words, "--format", "json")
    assert ended.code == 1
    report = json.loads(ended.text)
    assert "CVE-2099-0002" in ended.text
    assert report["problems"] == []
    evidence = {row["name"]: row["value"] for row in report["evidence"]}
    assert (evidence["digest"] == digest) is (scheme != "docker-archive")
    assert ("digest made of" in evidence) is (scheme == "docker-archive")
