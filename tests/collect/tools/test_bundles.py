from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.registry.layout import resolve_layout
from imagelint.collect.tools.bundles import StagedImage, layout_views
from imagelint.collect.tools.referrers import BUNDLE
from imagelint.core.report import Problem
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import SIGNATURE
from imagelint.testing.images import Image, Layout

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "sha256:" + "0a" * 32


class Made:
    """A layout with one image, to which signatures of any form are attached."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder)
        self.digest = self.layout.add(Image())
        self.config = self.blob({})

    def blob(self, content: object) -> str:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return str(self.layout._blob(data, "x")["digest"])

    def attach(self, bundle: object, config: str = "", subject: str = "") -> str:
        layer = {"mediaType": f"{BUNDLE}.v0.3+json", "digest": self.blob(bundle)}
        other = {"mediaType": "text/plain", "digest": layer["digest"]}
        manifest = {
            "subject": {"digest": subject or self.digest},
            "config": {"digest": config or self.config},
            "layers": [other, layer],
        }
        return self.blob(manifest)

    def views(self) -> list[StagedImage]:
        targets = resolve_layout(f"oci:{self.layout.folder}:v1")
        assert not isinstance(targets, Problem)
        return list(layout_views(targets[0].identity))


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


def bundle(predicate: object) -> dict[str, object]:
    statement = json.dumps({"predicateType": predicate}).encode()
    return {"dsseEnvelope": {"payload": base64.b64encode(statement).decode()}}


def shown(view: StagedImage) -> set[str]:
    return {name.rpartition("/")[2] for name, _ in view.files if "/blobs/" in name}


def test_a_signature_is_shown_and_nothing_else(made: Made) -> None:
    signature = made.attach(bundle(SIGNATURE))
    report = made.attach(bundle("https://cosign.sigstore.dev/attestation/vuln/v1"))
    (view,) = made.views()
    assert {made.digest[7:], signature[7:]} <= shown(view)
    assert report[7:] not in shown(view)
    assert view.predicate == SIGNATURE
    assert view.arguments == ("--local-image", "layout")
    (entry,) = json.loads(dict(view.files)["layout/index.json"])["manifests"]
    assert entry["digest"] == made.digest
    assert entry["annotations"] == {"kind": "dev.cosignproject.cosign/image"}


@pytest.mark.parametrize(
    "content",
    [
        bundle(None),
        {},
        {"dsseEnvelope": {"payload": "not base64!"}},
        {"dsseEnvelope": {"payload": "é"}},
        {"dsseEnvelope": {"payload": base64.b64encode(b"{").decode()}},
        [],
        b"{",
    ],
)
def test_what_is_no_signature_is_not_shown(made: Made, content: object) -> None:
    made.attach(content)
    assert made.views() == []


def test_a_signature_of_another_image_is_not_shown(made: Made) -> None:
    made.attach(bundle(SIGNATURE), subject=DIGEST)
    assert made.views() == []


@pytest.mark.parametrize("digest", ["sha256:../../../../x", "/etc/passwd", "x", "sha256:"])
def test_a_signature_that_leads_out_of_the_layout_is_not_shown(made: Made, digest: str) -> None:
    made.attach(bundle(SIGNATURE), config=digest)
    assert made.views() == []


def enter(made: Made, **entry: object) -> None:
    made.layout._entries.append(dict(entry))
    made.layout._index()


def test_the_former_format_is_shown_by_its_mark_or_its_tag(made: Made) -> None:
    signatures = made.blob({"mediaType": "m"})
    enter(made, digest=signatures, annotations={"kind": "dev.cosignproject.cosign/sigs"})
    (view,) = made.views()
    assert view.arguments == ("--new-bundle-format=false", "--local-image", "layout")
    assert view.predicate == ""
    entries = json.loads(dict(view.files)["layout/index.json"])["manifests"]
    assert [(entry["digest"], entry["mediaType"]) for entry in entries] == [
        (made.digest, "application/vnd.oci.image.manifest.v1+json"),
        (signatures, "m"),
    ]
    tag = f"{made.digest.replace(':', '-')}.sig"
    made.layout._entries.pop()
    enter(made, digest=signatures, annotations={"org.opencontainers.image.ref.name": tag})
    assert len(made.views()) == 1


@pytest.mark.parametrize("digest", ["sha256:../../../../x", DIGEST, ""])
def test_a_signature_that_is_not_there_is_not_shown(made: Made, digest: str) -> None:
    enter(made, digest=digest, annotations={"kind": "dev.cosignproject.cosign/sigs"})
    assert made.views() == []


def test_an_index_that_vanished_holds_no_signature(made: Made, tmp_path: Path) -> None:
    (tmp_path / "index.json").unlink()
    identity = ImageIdentity("oci:x", made.digest, layout=str(tmp_path))
    assert list(layout_views(identity)) == []
