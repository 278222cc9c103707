"""What an image in a layout is made of, to the last blob: what has to be copied to have it whole.

Everything below a digest belongs to it, also what is no image (attestations that a build adds): the
digest is about all of it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Self

from imagelint.collect.registry.layout import read_blob
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.manifest import INDEX, MANIFEST, is_digest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from imagelint.collect.deadline import Deadline
    from imagelint.documents.image.jsonview import JsonView

_CHUNK = 1024 * 1024
_DEEPEST = 4
_MOST_MANIFESTS = 256
_MOST_BLOBS = 20_000


class ManifestPart(NamedTuple):
    """A manifest or index: its digest, what it calls itself, and its bytes."""

    digest: str
    media_type: str
    data: bytes


class BlobPart(NamedTuple):
    """A blob that a manifest names: its digest and its bytes in all."""

    digest: str
    size: int


class ImageParts(NamedTuple):
    """All parts of an image, each once. Of `manifests`, each stands behind those that it names."""

    manifests: tuple[ManifestPart, ...]
    blobs: tuple[BlobPart, ...]


def parts_of(folder: str, digest: str, origin: str) -> ImageParts | Problem:
    """The parts of what is under a digest of a layout in a folder."""
    walk = _Walk(folder, origin)
    problem = walk.take(digest, "", 0)
    if problem is not None:
        return problem
    return ImageParts(tuple(walk.manifests.values()), tuple(walk.blobs.values()))


class _Walk:
    def __init__(self, folder: str, origin: str) -> None:
        self._folder = folder
        self._origin = origin
        self.manifests: dict[str, ManifestPart] = {}
        self.blobs: dict[str, BlobPart] = {}

    def take(self, digest: str, media_type: str, depth: int) -> Problem | None:
        """Take a manifest and all below it; the first problem."""
        if digest in self.manifests:
            return None
        if depth > _DEEPEST or len(self.manifests) >= _MOST_MANIFESTS:
            detail = f"leads to more than {_MOST_MANIFESTS} manifests, or to one below the other"
            return Problem(ProblemKind.TOO_LARGE, self._origin, detail)
        data = read_blob(self._folder, digest, self._origin)
        if isinstance(data, Problem):
            return data
        view = read_manifest(data)
        if isinstance(view, str):
            return self._wrong(f"the manifest {digest} {view}")
        for entry in view["manifests"].items():
            below = self.take(entry["digest"].text, entry["mediaType"].text, depth + 1)
            if below is not None:
                return below
        problem = self._blobs(digest, view)
        usual = INDEX if view["manifests"].is_array else MANIFEST
        said = view["mediaType"].text or media_type or usual
        self.manifests[digest] = ManifestPart(digest, said, data)
        return problem

    def _blobs(self, digest: str, view: JsonView) -> Problem | None:
        for entry in _named(view):
            name, size = entry["digest"].text, entry["size"].number
            if not is_digest(name) or size is None or size < 0:
                return self._wrong(f"the manifest {digest} has a blob without digest or size")
            blob = BlobPart(name, int(size))
            if self.blobs.setdefault(name, blob) != blob or len(self.blobs) > _MOST_BLOBS:
                return self._wrong(f"the manifest {digest} tells {name} otherwise than another")
        return None

    def _wrong(self, detail: str) -> Problem:
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail)


def _named(manifest: JsonView) -> Iterator[JsonView]:
    """The descriptors of the blobs of a manifest."""
    if manifest["config"].is_object:
        yield manifest["config"]
    yield from manifest["layers"].items()


class CheckedBlob:
    """A blob of a layout that is held open, and had its digest when it was opened."""

    def __init__(self, folder: str, part: BlobPart, deadline: Deadline) -> None:
        algorithm, encoded = part.digest.split(":")
        path = os.path.join(folder, "blobs", algorithm, encoded)
        flags = os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
        self._descriptor = os.open(path, flags)
        self._part = part
        self._deadline = deadline
        self._status = os.fstat(self._descriptor)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def fault(self) -> str:
        """What is wrong with it, read to its end; empty: nothing."""
        if not stat.S_ISREG(self._status.st_mode):
            return "is not a regular file"
        if self._status.st_size != self._part.size:
            return f"has {self._status.st_size:,} bytes, not {self._part.size:,} as is said of it"
        algorithm, encoded = self._part.digest.split(":")
        hasher = hashlib.new(algorithm)
        start = 0
        while chunk := self.read(start, _CHUNK):
            if self._deadline.passed:
                return "was still being read when the time was over"
            hasher.update(chunk)
            start += len(chunk)
        return "" if hasher.hexdigest() == encoded else "does not have that digest: it was changed"

    def read(self, start: int, length: int) -> bytes:
        """Some bytes of it; fewer only at its end.

        Raises:
            OSError: they cannot be read.
        """
        pieces: list[bytes] = []
        while length > 0 and (piece := os.pread(self._descriptor, length, start)):
            pieces.append(piece)
            start, length = start + len(piece), length - len(piece)
        return b"".join(pieces)

    @property
    def changed(self) -> bool:
        """Whether it was written to since it was opened."""
        now = os.fstat(self._descriptor)
        before = self._status
        return (now.st_size, now.st_mtime_ns, now.st_ctime_ns) != (
            before.st_size,
            before.st_mtime_ns,
            before.st_ctime_ns,
        )
