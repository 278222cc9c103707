"""Images that are neither in a registry nor in a layout, shown as a layout while they are judged.

- `docker-archive:FILE[:NAME:TAG]`: what `docker save` and `podman save` write
- `oci-archive:FILE[:TAG|@DIGEST]`: what `docker buildx build --output type=oci` writes
- `FILE.tar`: either
- `docker-daemon:NAME[:TAG]`: an image of docker or podman
"""

from __future__ import annotations

import os
import stat
import tempfile
from typing import TYPE_CHECKING, Self

from imagelint.collect.images.daemon import find_image, save_image
from imagelint.collect.images.names import parse_local_reference
from imagelint.collect.images.unpack import UnpackedArchive, Unpacking
from imagelint.collect.registry.images import images_of
from imagelint.collect.registry.layout import FolderBlobs, root_entries
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.manifest import is_digest

if TYPE_CHECKING:
    from types import TracebackType

    from imagelint.collect.deadline import Deadline
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.manifest import Descriptor

_CHUNK = 1024 * 1024
_MOST_CHOICES = 10


class LocalImages:
    """The images that a reference names, laid out in a folder of their own while `with` lasts."""

    def __init__(self, text: str, deadline: Deadline) -> None:
        self._text = text
        self._reference = parse_local_reference(text)
        self._deadline = deadline
        self._folder = tempfile.TemporaryDirectory(prefix="imagelint-", ignore_cleanup_errors=True)

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
        self._folder.cleanup()

    def resolve(self, platform: str = "") -> tuple[ImageTarget, ...] | Problem:
        """The images, all under one digest.

        Raises:
            UsageError: several could be meant, or none is.
        """
        unpacked = self._from_daemon() if self._reference.name else self._from_file()
        if isinstance(unpacked, Problem):
            return unpacked
        folder = self._folder.name
        chosen = self._choose(unpacked)
        if not is_digest(chosen.digest):
            detail = f"the archive names a blob by `{chosen.digest}`, which is not a digest"
            return Problem(ProblemKind.UNPARSABLE, self._text, detail)
        source = self._reference.scheme + (self._reference.file or self._reference.name)
        identity = ImageIdentity(
            self._text,
            chosen.digest,
            layout=folder,
            store=folder,
            source=source,
            computed=unpacked.made,
        )
        return images_of(FolderBlobs(folder, self._text, source), identity, platform)

    def _from_file(self) -> UnpackedArchive | Problem:
        path = self._reference.file
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
        except FileNotFoundError:
            help_ = "write `docker-archive:FILE`, `oci-archive:FILE` or a file that ends in `.tar`"
            return Problem(ProblemKind.NOT_FOUND, self._text, f"there is no file `{path}`", help_)
        except OSError as error:
            detail = f"`{path}` cannot be read: {error.strerror or error}"
            return Problem(ProblemKind.UNREADABLE, self._text, detail)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            detail = f"`{path}` is no regular file"
            return Problem(ProblemKind.UNREADABLE, self._text, detail)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            pieces = iter(lambda: file.read(_CHUNK), b"")
            return Unpacking(self._folder.name, self._text, self._deadline).unpack(pieces)

    def _from_daemon(self) -> UnpackedArchive | Problem:
        found = find_image(self._reference.name, self._text, self._deadline)
        if isinstance(found, Problem):
            return found
        pieces = save_image(found, self._deadline)
        unpacked = Unpacking(self._folder.name, self._text, self._deadline).unpack(pieces)
        if isinstance(unpacked, Problem):
            return unpacked
        # What it sends must be what it said that it has.
        entries = self._with_config(unpacked, found.identity)
        if not entries:
            detail = f"the daemon sent another image than {found.identity}"
            return Problem(ProblemKind.UNPARSABLE, self._text, detail)
        return UnpackedArchive(entries[:1], unpacked.made)

    def _with_config(self, unpacked: UnpackedArchive, wanted: str) -> tuple[Descriptor, ...]:
        """The images with an id: the digest of the configuration, of the manifest or the index."""
        blobs = FolderBlobs(self._folder.name, self._text)
        return tuple(
            entry
            for entry in unpacked.entries
            if entry.digest == wanted or wanted in blobs.configs(entry.digest)
        )

    def _choose(self, unpacked: UnpackedArchive) -> Descriptor:
        choice = self._reference.choice
        images = [entry for entry in unpacked.entries if not entry.artifact]
        if is_digest(choice):
            wanted = [entry for entry in images if entry.digest == choice]
        elif choice:
            wanted = [entry for entry in images if _is_named(entry.tag, choice)]
        else:
            wanted = images = root_entries(self._folder.name, images, self._text)
        if len({entry.digest for entry in wanted}) == 1:
            return wanted[0]
        source = self._reference.scheme + self._reference.file
        choices = [f"{source}:{one.tag}" if one.tag else f"{source}@{one.digest}" for one in images]
        listed = ", ".join(choices[:_MOST_CHOICES]) or "it holds no image"
        why = "names several images" if wanted else "names no image of the archive"
        raise UsageError(Diagnostic(f"`{self._text}` {why}", help=f"choose one: {listed}"))


def _is_named(tag: str, choice: str) -> bool:
    """Whether a name of the archive is the one that was chosen: in full, or its end."""
    return tag == choice or tag.endswith((f":{choice}", f"/{choice}"))
