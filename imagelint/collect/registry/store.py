"""Blobs of an OCI layout that have the digests by which they are called, and keep them.

Tools read layers of a layout without looking at their digests. So each is read once by us, against
its digest, and tools are shown what was read: small ones as a copy, large ones by the very file
that we hold open, so that nobody can put another in its place. Whoever writes into that file
meanwhile is seen by its times, which he cannot set.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from typing import TYPE_CHECKING, Self

from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from imagelint.collect.deadline import Deadline
    from imagelint.documents.image.image import ImageIdentity

COPIED = 8 * 1024 * 1024
"""Bytes up to which a blob is copied: below, times may be too coarse to tell of a change."""

_CHUNK = 1024 * 1024
_AGAIN = "fetch the image again"


class BlobStore:
    """A folder of its own with the checked blobs of a layout, for as long as `with` lasts."""

    def __init__(self, layout: str, origin: str, deadline: Deadline) -> None:
        self._layout = layout
        self._origin = origin
        self._deadline = deadline
        self._folder = tempfile.TemporaryDirectory(prefix="imagelint-", ignore_cleanup_errors=True)
        self._held: dict[int, tuple[str, os.stat_result]] = {}
        self._there: set[str] = set()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left."""
        for descriptor in self._held:
            os.close(descriptor)
        self._folder.cleanup()

    @property
    def folder(self) -> str:
        """Where the blobs are, under `blobs/sha256`."""
        return self._folder.name

    def add(self, image: ImageIdentity) -> Problem | None:
        """Check all blobs that make up an image; the problem of the first that is not right."""
        for digest, size in _blobs(image):
            if digest in self._there:
                continue
            try:
                problem = self._admit(digest, size)
            except OSError as error:
                detail = f"the blob {digest} of `{self._layout}`: {error.strerror or error}"
                problem = Problem(ProblemKind.UNREADABLE, self._origin, detail)
            if problem is not None:
                return problem
            self._there.add(digest)
        return None

    def changed(self) -> Problem | None:
        """The problem that a blob was written to since it was checked."""
        for descriptor, (digest, status) in self._held.items():
            if _mark(os.fstat(descriptor)) != _mark(status):
                return self._problem(digest, "was changed while it was examined", _AGAIN)
        return None

    def _admit(self, digest: str, size: int | None) -> Problem | None:
        algorithm, encoded = digest.split(":")
        path = os.path.join(self._layout, "blobs", algorithm, encoded)
        place = os.path.join(self.folder, "blobs", algorithm, encoded)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
        status = os.fstat(descriptor)
        self._held[descriptor] = (digest, status)
        if not stat.S_ISREG(status.st_mode):
            return self._problem(digest, "is not a regular file")
        if size is not None and status.st_size != size:
            detail = f"has {status.st_size:,} bytes, not {size:,} as its manifest says"
            return self._problem(digest, detail, _AGAIN)
        shown = f"/proc/{os.getpid()}/fd/{descriptor}"
        copied = status.st_size <= COPIED or not os.path.exists(shown)
        found = self._digest(descriptor, algorithm, place if copied else os.devnull)
        if isinstance(found, Problem):
            return found
        if found != encoded:
            return self._problem(digest, "does not have that digest: it was changed", _AGAIN)
        if copied:
            os.close(descriptor)
            del self._held[descriptor]
        else:
            os.symlink(shown, place)
        return None

    def _digest(self, descriptor: int, algorithm: str, copy: str) -> str | Problem:
        """The digest of an open file, which is copied on the way."""
        hasher = hashlib.new(algorithm)
        with open(copy, "wb") as target:
            while chunk := os.read(descriptor, _CHUNK):
                if self._deadline.passed:
                    return self._deadline.problem(self._origin, "the layout was still being read")
                hasher.update(chunk)
                target.write(chunk)
        return hasher.hexdigest()

    def _problem(self, digest: str, what: str, help_: str = "") -> Problem:
        detail = f"the blob {digest} of `{self._layout}` {what}"
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail, help_)


def _blobs(image: ImageIdentity) -> Iterator[tuple[str, int | None]]:
    yield image.manifest, None
    yield image.config, None
    for layer in image.layers:
        yield layer.digest, layer.size


def _mark(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
