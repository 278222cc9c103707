"""An archive of images as an OCI layout in a folder of our own.

What is written is what was read, digested on the way: nothing that the archive calls something is
called so by us, and no name of it becomes the name of a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
from itertools import chain
from typing import TYPE_CHECKING

from imagelint.collect.registry.layout import FolderBlobs
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import JsonView, plain, read_once
from imagelint.documents.image.layers.stream import ByteStream, StreamError, compression
from imagelint.documents.image.layers.tar import EntryKind, TarReader
from imagelint.documents.image.manifest import (
    MANIFEST,
    Descriptor,
    descriptors,
    is_digest,
    read_strictly,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.collect.deadline import Deadline
    from imagelint.documents.image.layers.tar import TarEntry

_CHUNK = 1024 * 1024
_MOST_ENTRIES = 20_000  # of an archive: layers, configurations, links; never files of an image
_LARGEST_JSON = 16 * 1024 * 1024
_OCI, _DOCKER = "index.json", "manifest.json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_UNNAMED = "<none>"
_NEITHER = "is neither an OCI archive nor one that `docker save` writes"


class UnpackedArchive(NamedTuple):
    """The images of an archive. `made` tells that their manifests are ours: it has none."""

    entries: tuple[Descriptor, ...]
    made: bool = False


class _Blob(NamedTuple):
    """A file of the archive that lies in the folder now."""

    digest: str
    size: int
    head: bytes


class Unpacking:
    """One archive that is unpacked into a folder."""

    def __init__(self, folder: str, origin: str, deadline: Deadline) -> None:
        self._folder = folder
        self._origin = origin
        self._deadline = deadline
        self._blobs: dict[str, _Blob] = {}
        self._links: dict[str, str] = {}
        os.makedirs(os.path.join(folder, "blobs", "sha256"), exist_ok=True)

    def unpack(self, pieces: Iterator[bytes]) -> UnpackedArchive | Problem:
        """Read an archive and tell which images it holds."""
        try:
            stream = ByteStream(self._timed(pieces))
            reader = TarReader(stream)
            for count, entry in enumerate(reader.entries()):
                if count > _MOST_ENTRIES:
                    detail = f"the archive has more than {_MOST_ENTRIES:,} entries"
                    return Problem(ProblemKind.TOO_LARGE, self._origin, detail)
                self._take(entry, reader)
            stream.finish()
            return self._misplaced() or self._images()
        except StreamError as error:
            return self._problem(f"the archive {error}")
        except OSError as error:
            if self._deadline.passed:
                return self._deadline.problem(self._origin, "the archive was still being read")
            detail = f"the archive cannot be unpacked: {error.strerror or error}"
            help_ = "it is unpacked where TMPDIR says: there must be room for it"
            return Problem(ProblemKind.UNREADABLE, self._origin, detail, help_)

    def _take(self, entry: TarEntry, reader: TarReader) -> None:
        name = posixpath.normpath(entry.path).lstrip("/")
        if name in (_OCI, _DOCKER) and (name in self._blobs or name in self._links):
            raise StreamError(f"has `{name}` twice")
        # As engines unpack it: what comes later takes the place of what had its name.
        match entry.kind:
            case EntryKind.FILE:
                self._put(name, self._write(name, reader, entry.size))
            case EntryKind.LINK:
                target = posixpath.join(posixpath.dirname(name), entry.link)
                self._put(name, posixpath.normpath(target))
            case EntryKind.HARD_LINK:
                # It stays with the file that has that name now, whatever becomes of the name.
                target = posixpath.normpath(entry.link).lstrip("/")
                self._put(name, self._blob(target) or target)
            case _:
                pass

    def _put(self, name: str, what: _Blob | str) -> None:
        """Let a name stand for a file, or for another name to which it leads."""
        self._blobs.pop(name, None)
        self._links.pop(name, None)
        if isinstance(what, str):
            self._links[name] = what
        else:
            self._blobs[name] = what

    def _misplaced(self) -> Problem | None:
        """The problem that something lies where its name does not tell."""
        hidden = _OCI if _OCI in self._links else self._behind_link()
        if not hidden:
            return None
        return self._problem(f"the archive has `{plain(hidden)}` as a link, or behind one")

    def _behind_link(self) -> str:
        """A name behind a folder that is a link: engines put it where that leads."""
        plain_folders = {""}
        for name in (*self._blobs, *self._links) if self._links else ():
            folder, above = posixpath.dirname(name), []
            while folder not in plain_folders and folder not in self._links:
                above.append(folder)
                folder = posixpath.dirname(folder)
            if folder in self._links:
                return name
            plain_folders.update(above)
        return ""

    def _timed(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in chain(pieces, (b"",)):  # what is cut off may look whole
            if self._deadline.passed:
                raise TimeoutError
            yield piece

    def _write(self, name: str, reader: TarReader, size: int) -> _Blob:
        """Store the file at hand under its digest, which is SHA-512 where its name says so."""
        algorithm = "sha512" if name.startswith("blobs/sha512/") else "sha256"
        hasher = hashlib.new(algorithm)
        partial = os.path.join(self._folder, "partial")
        head = b""
        with open(partial, "wb") as file:
            left = size
            while left > 0 and (data := reader.content(_CHUNK)):
                head = head or data[:8]
                hasher.update(data)
                file.write(data)
                left -= len(data)
        encoded = hasher.hexdigest()
        place = os.path.join(self._folder, "blobs", algorithm, encoded)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.replace(partial, place)
        return _Blob(f"{algorithm}:{encoded}", size, head)

    def _images(self) -> UnpackedArchive | Problem:
        # What docker writes today is both: the index names what is really there.
        if _OCI in self._blobs:
            index = self._json(_OCI, read_strictly)
            if isinstance(index, Problem):
                return index
            if not index["manifests"].is_array:
                return self._problem("index.json of the archive lists no manifests")
            entries = descriptors(index)
            return self._contradiction(entries) or UnpackedArchive(entries)
        if _DOCKER not in self._blobs:
            return self._problem(f"the archive {_NEITHER}")
        view = self._json(_DOCKER, read_once)
        if isinstance(view, Problem):
            return view
        found: list[Descriptor] = []
        for item in view.items():
            made = self._manifest(item)
            if isinstance(made, Problem):
                return made
            names = [name for name in item["RepoTags"].texts() if name != _UNNAMED] or [""]
            found += (Descriptor(made.digest, made.size, name, "", MANIFEST) for name in names)
        return UnpackedArchive(tuple(found), made=True)

    def _contradiction(self, entries: tuple[Descriptor, ...]) -> Problem | None:
        """Whether docker, which may go by its own list, would load what the index does not name."""
        if _DOCKER in self._links:
            return self._problem(f"{_DOCKER} of the archive is a link")
        if _DOCKER not in self._blobs:
            return None
        view = self._json(_DOCKER, read_once)
        if isinstance(view, Problem):
            return view
        blobs = FolderBlobs(self._folder, self._origin)
        known = [(one.tag, frozenset(blobs.configs(one.digest))) for one in entries]
        if all(self._is_listed(item, known) for item in view.items()):
            return None
        return self._problem(f"{_DOCKER} of the archive names another image than its {_OCI}")

    def _is_listed(self, item: JsonView, known: list[tuple[str, frozenset[str]]]) -> bool:
        """Whether an image of docker's list is one of the index, by each of its names."""
        blob = self._blob(item["Config"].exact)
        config = "" if blob is None else blob.digest
        for name in item["RepoTags"].texts():
            named = [
                each for tag, each in known if tag and f"/{name}".endswith((f"/{tag}", f":{tag}"))
            ]
            if named and not any(config in each for each in named):
                return False
        return any(config in each for _, each in known)

    def _manifest(self, item: JsonView) -> _Blob | Problem:
        """The manifest of an image of which the archive has none, always the same one."""
        config = self._blob(item["Config"].text)
        if config is None:
            return self._problem(f"the archive has no `{item['Config'].text}`")
        layers: list[dict[str, object]] = []
        for name in item["Layers"].texts():
            blob = self._blob(name)
            if blob is None:
                return self._problem(f"the archive has no `{name}`")
            packed = compression(blob.head)
            kind = f"{_LAYER}+{packed}" if packed else _LAYER
            layers.append({"mediaType": kind, "digest": blob.digest, "size": blob.size})
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": _CONFIG, "digest": config.digest, "size": config.size},
            "layers": layers,
        }
        data = json.dumps(manifest, separators=(",", ":")).encode()
        encoded = hashlib.sha256(data).hexdigest()
        with open(os.path.join(self._folder, "blobs", "sha256", encoded), "wb") as file:
            file.write(data)
        return _Blob(f"sha256:{encoded}", len(data), b"")

    def _blob(self, name: str) -> _Blob | None:
        """What a name of the archive stands for, through its links."""
        name = posixpath.normpath(name)
        for _ in range(len(self._links) + 1):
            if name in self._blobs:
                return self._blobs[name]
            name = self._links.get(name, "")
        return None

    def _json(self, name: str, read: Callable[[str], JsonView | str]) -> JsonView | Problem:
        blob = self._blobs[name]
        if blob.size > _LARGEST_JSON or not is_digest(blob.digest):
            return self._problem(f"`{name}` of the archive has {blob.size:,} bytes")
        with open(os.path.join(self._folder, "blobs", *blob.digest.split(":")), "rb") as file:
            view = read(file.read().decode("utf-8", "replace"))
        return self._problem(f"`{name}` of the archive {view}") if isinstance(view, str) else view

    def _problem(self, detail: str) -> Problem:
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail)
