"""Archives of images as `docker save`, old and new, and `buildx --output type=oci` write them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Tar:
    """A tar archive in memory."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._archive = tarfile.TarFile(fileobj=self._buffer, mode="w")

    def file(self, name: str, data: bytes = b"", mode: int = 0o644) -> Tar:
        """Add a file."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), mode
        self._archive.addfile(entry, io.BytesIO(data))
        return self

    def entry(self, name: str, kind: bytes, link: str = "", **fields: Any) -> Tar:
        """Add an entry of another kind, with fields of `tarfile.TarInfo`."""
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, link
        for field, value in fields.items():
            setattr(entry, field, value)
        self._archive.addfile(entry)
        return self

    def bytes(self) -> bytes:
        """The archive as it ends here."""
        self._archive.close()
        return self._buffer.getvalue()


def oci_archive(layout: Path) -> bytes:
    """A layout as one file."""
    archive = Tar()
    for path in sorted(layout.rglob("*")):
        name = path.relative_to(layout).as_posix()
        if path.is_dir():
            archive.entry(name, tarfile.DIRTYPE)
        else:
            archive.file(name, path.read_bytes())
    return archive.bytes()


def docker_archive(
    layout: Path, names: Iterable[str] = ("app:v1",), *, linked: bool = False
) -> bytes:
    """The first image of a layout as docker before 25 writes it; `linked` as podman does."""
    view = _Blobs(layout)
    manifest = view.json(view.index["manifests"][0]["digest"])
    config = manifest["config"]["digest"].removeprefix("sha256:")
    archive = Tar().file(f"{config}.json", view.bytes(manifest["config"]["digest"]))
    listed = []
    for number, layer in enumerate(manifest["layers"]):
        plain = gzip.decompress(view.bytes(layer["digest"]))
        name = f"{number:064x}/layer.tar"
        if linked:
            archive.file(f"layer-{number}.tar", plain)
            archive.entry(name, tarfile.SYMTYPE, f"../layer-{number}.tar")
        else:
            archive.file(name, plain)
        listed.append(name)
    entry = {"Config": f"{config}.json", "RepoTags": list(names), "Layers": listed}
    return archive.file("manifest.json", json.dumps([entry]).encode()).bytes()


class _Blobs:
    def __init__(self, layout: Path) -> None:
        self._layout = layout
        self.index = json.loads((layout / "index.json").read_text(encoding="utf-8"))

    def bytes(self, digest: str) -> bytes:
        return (self._layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes()

    def json(self, digest: str) -> Any:
        return json.loads(self.bytes(digest))
