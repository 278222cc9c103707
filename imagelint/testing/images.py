"""Small images as OCI layouts, without any container engine: the same input, the same digest."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MEDIA = "application/vnd.oci.image."
TAG = "org.opencontainers.image.ref.name"


class Image(NamedTuple):
    """What is in the image. `layers` hold files by path, the lowest layer first.

    `steps` are how its history tells of them: those that begin with a blank made no layer.
    """

    layers: tuple[Mapping[str, str | bytes], ...] = ({},)
    user: str = "10001"
    env: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ("/app",)
    labels: tuple[tuple[str, str], ...] = ()
    architecture: str = "amd64"
    steps: tuple[str, ...] = ()


class Layout:
    """An OCI layout in a folder: images are added under tags."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries: list[dict[str, Any]] = []
        (folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        self._write("oci-layout", {"imageLayoutVersion": "1.0.0"})
        self._index()

    def add(self, image: Image, tag: str = "v1") -> str:
        """Add an image under a tag (empty: without one) and give its digest."""
        return self._enter(self._manifest(image), tag)

    def add_index(self, images: Iterable[Image], tag: str = "v1") -> str:
        """Add an index over images for several platforms and give its digest."""
        index = {
            "schemaVersion": 2,
            "mediaType": MEDIA + "index.v1+json",
            "manifests": [self._manifest(image) for image in images],
        }
        return self._enter(self._blob(_json(index), "index.v1+json"), tag)

    def _manifest(self, image: Image) -> dict[str, Any]:
        archives = [_archive(files) for files in image.layers]
        layers = [self._blob(gzip.compress(raw, mtime=0), "layer.v1.tar+gzip") for raw in archives]
        config = {
            "architecture": image.architecture,
            "os": "linux",
            "created": "2026-01-01T00:00:00Z",
            "config": {
                "User": image.user,
                "Env": list(image.env),
                "Entrypoint": list(image.entrypoint),
                "Labels": dict(image.labels),
            },
            "rootfs": {"type": "layers", "diff_ids": [_digest(raw) for raw in archives]},
            "history": _history(image.steps or ("COPY . / # buildkit",) * len(archives)),
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": MEDIA + "manifest.v1+json",
            "config": self._blob(_json(config), "config.v1+json"),
            "layers": layers,
        }
        entry = self._blob(_json(manifest), "manifest.v1+json")
        return {**entry, "platform": {"os": "linux", "architecture": image.architecture}}

    def _enter(self, entry: dict[str, Any], tag: str) -> str:
        self._entries.append({**entry, **({"annotations": {TAG: tag}} if tag else {})})
        self._index()
        return str(entry["digest"])

    def _index(self) -> None:
        media = MEDIA + "index.v1+json"
        index = {"schemaVersion": 2, "mediaType": media, "manifests": self._entries}
        self._write("index.json", index)

    def _blob(self, data: bytes, media: str) -> dict[str, Any]:
        digest = _digest(data)
        (self.folder / "blobs" / "sha256" / digest.removeprefix("sha256:")).write_bytes(data)
        return {"mediaType": MEDIA + media, "digest": digest, "size": len(data)}

    def _write(self, name: str, value: object) -> None:
        (self.folder / name).write_bytes(_json(value))


def _history(steps: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"created_by": step.strip(), **({"empty_layer": True} if step.startswith(" ") else {})}
        for step in steps
    ]


def python_package(name: str, version: str) -> dict[str, str]:
    """The files by which a scanner knows an installed Python package."""
    folder = f"usr/lib/python3.11/site-packages/{name}-{version}.dist-info"
    return {f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}


def java_archive(name: str, version: str) -> bytes:
    """A jar that says what it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        title = f"Implementation-Title: {name}\nImplementation-Version: {version}\n"
        archive.writestr("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\n{title}")
    return buffer.getvalue()


def alpine(*packages: tuple[str, str]) -> dict[str, str]:
    """An Alpine 3.22 with installed packages, given as name and version."""
    installed = "".join(
        f"C:Q1{'A' * 27}=\nP:{name}\nV:{version}\nA:x86_64\no:{name}\n\n"
        for name, version in packages
    )
    return {
        "etc/os-release": "ID=alpine\nVERSION_ID=3.22.1\n",
        "etc/alpine-release": "3.22.1\n",
        "lib/apk/db/installed": installed,
    }


def debian(*packages: tuple[str, str, str]) -> dict[str, str]:
    """A Debian 12 with installed packages, given as name, version and maintainer."""
    status = "".join(
        f"Package: {name}\nStatus: install ok installed\nMaintainer: {maintainer}\n"
        f"Architecture: amd64\nVersion: {version}\nDescription: {name}\n\n"
        for name, version, maintainer in packages
    )
    return {
        "etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
        "etc/debian_version": "12.5\n",
        "var/lib/dpkg/status": status,
    }


def _archive(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in sorted(files.items()):
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
