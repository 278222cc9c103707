from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.registry import store as module
from imagelint.collect.registry.layout import resolve_layout
from imagelint.collect.registry.store import BlobStore
from imagelint.core.report import Problem
from imagelint.testing.images import Image, Layout

if TYPE_CHECKING:
    from imagelint.documents.image.image import ImageIdentity


def identity(folder: Path) -> ImageIdentity:
    Layout(folder).add(Image(({"a": "b"}, {"c": "d"})))
    found = resolve_layout(f"oci:{folder}")
    assert not isinstance(found, Problem)
    return found[0].identity


def layer(image: ImageIdentity, folder: str = "") -> Path:
    return Path(folder or image.layout, "blobs", *image.layers[0].digest.split(":"))


@pytest.mark.parametrize("copied", [0, module.COPIED])
def test_what_is_shown_is_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copied: int
) -> None:
    monkeypatch.setattr(module, "COPIED", copied)
    image = identity(tmp_path)
    content = layer(image).read_bytes()
    with BlobStore(image.layout, "x", NEVER) as made:
        assert made.add(image) is None
        assert made.add(image) is None
        layer(image).unlink()
        place = layer(image, made.folder)
        assert place.is_symlink() == (copied == 0)
        assert place.read_bytes() == content
        folder = Path(made.folder)
    assert not folder.exists()


def test_without_files_of_processes_everything_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COPIED", 0)
    monkeypatch.setattr(os.path, "exists", lambda _path: False)
    image = identity(tmp_path)
    with BlobStore(image.layout, "x", NEVER) as made:
        assert made.add(image) is None
        assert made.changed() is None
        assert not layer(image, made.folder).is_symlink()


def test_a_blob_that_is_no_file_is_none(tmp_path: Path) -> None:
    image = identity(tmp_path)
    layer(image).unlink()
    with BlobStore(image.layout, "x", NEVER) as made:
        missing = made.add(image)
        os.mkfifo(layer(image))
        fifo = made.add(image)
    assert missing is not None
    assert "No such file" in missing.detail
    assert fifo is not None
    assert "is not a regular file" in fifo.detail


def test_time_may_run_out(tmp_path: Path) -> None:
    deadline = Deadline(0.001)
    time.sleep(0.01)
    with BlobStore(str(tmp_path), "x", deadline) as made:
        late = made.add(identity(tmp_path))
    assert late is not None
    assert "the layout was still being read" in late.detail
