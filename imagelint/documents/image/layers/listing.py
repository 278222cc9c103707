"""What one layer holds, whichever images have it: read once out of its stream, and then kept.

What is kept shows no secret: of accounts only whether they have a password, of other files nothing
but names, sizes and what they are.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.image.jsonview import plain
from imagelint.documents.image.layers.installed import is_list
from imagelint.documents.image.layers.installed import kept as kept_list
from imagelint.documents.image.layers.nodes import FileRole
from imagelint.documents.image.layers.packagelists import link_of
from imagelint.documents.image.layers.roles import roles
from imagelint.documents.image.layers.smallfiles import is_wanted, shown
from imagelint.documents.image.layers.stream import StreamError
from imagelint.documents.image.layers.tar import EntryKind, TarReader
from imagelint.documents.secrets.files import is_configuration
from imagelint.documents.secrets.written import tells_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.image.layers.lazyindex import LazyIndex
    from imagelint.documents.image.layers.stream import ByteStream

_LARGEST_TEXT = 1024 * 1024
_LARGEST_SECRET = 65536
_LARGEST_LISTING = 32 * 1024 * 1024


class LayerEntry(NamedTuple):
    """One entry. `path` is below the root; `text` is what is kept of a file that is read.

    `link` is where a link leads that stands for what says which packages are installed, or what is
    told of in the place of a path.
    """

    path: str
    size: int
    is_folder: bool
    roles: tuple[tuple[FileRole, str], ...] = ()
    text: str | None = None
    link: str = ""


def read_entries(stream: ByteStream, index: LazyIndex | None = None) -> Iterator[LayerEntry]:
    """The entries of a layer, in their order, and where its index contradicts them.

    Raises:
        StreamError: it is no layer, or holds more of something than is read.
    """
    reader = TarReader(stream, None if index is None else index.feed)
    for entry in reader.entries():
        path = _clean(entry.path)
        if index is not None:
            index.begin(path, entry, reader)
        text = kept = None
        if entry.kind is EntryKind.FILE and is_list(path):
            kept = kept_list(path, reader.content)
        elif entry.kind is EntryKind.FILE and is_wanted(path):
            text = _text(path, reader)
            kept = shown(path, text)
        found = tuple(
            (role, detail)
            for role, detail in roles(path, entry)
            if role is not FileRole.SECRET or _tells(path, detail, text or "", reader)
        )
        link = link_of(path, entry) if any(role is FileRole.LINKED for role, _ in found) else ""
        yield LayerEntry(path, entry.size, entry.kind is EntryKind.FOLDER, found, kept, link=link)
    if reader.goes_on():
        yield LayerEntry("", 0, is_folder=False, roles=((FileRole.MISREAD, "end"),))
    if index is not None:
        stream.finish()
        for path in index.differences(stream.kept):
            roles_ = ((FileRole.MISREAD, "index"),)
            yield LayerEntry("", 0, is_folder=False, roles=roles_, link=path)


def _text(path: str, reader: TarReader) -> str:
    text = reader.content(_LARGEST_TEXT + 1).decode("utf-8", "replace")
    if len(text) > _LARGEST_TEXT and not path.endswith(".dist-info/METADATA"):
        raise StreamError(f"holds more in {plain(path)} than is read")
    return text


def _tells(path: str, detail: str, text: str, reader: TarReader) -> bool:
    """Whether a file that may hold a secret does: of keys, the name is enough."""
    if not (is_configuration(path) or detail.endswith(("configuration", "settings", "file"))):
        return True
    text = text or reader.content(_LARGEST_SECRET).decode("utf-8", "replace")
    return tells_secret(text, path)


def _clean(path: str) -> str:
    """A path as it lies below the root; what leads out of it keeps its `..`."""
    if path.startswith(("./", "/")) or "//" in path or path.endswith("/"):
        parts = [part for part in path.split("/") if part not in ("", ".")]
        return "/".join(parts)
    return "" if path == "." else path


class Listing(NamedTuple):
    """All entries of a layer, and the SHA-256 digest of the layer unpacked, in digits."""

    unpacked: str
    entries: tuple[LayerEntry, ...]


class Recorder:
    """Writes down what is read of a layer, as `parse_listing` reads it."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._size = 0

    def add(self, entry: LayerEntry) -> None:
        """Write down one entry; of a layer with very many, nothing is kept."""
        if self._size > _LARGEST_LISTING:
            return
        said = [role.value for role, _ in entry.roles], [detail for _, detail in entry.roles]
        line = json.dumps((*entry[:3], *said, entry.text, entry.link), separators=(",", ":"))
        self._size += len(line)
        self._lines.append(line)

    def written(self, unpacked: str) -> bytes | None:
        """All of it; None where it was too much."""
        if self._size > _LARGEST_LISTING:
            return None
        return "\n".join((unpacked, *self._lines)).encode()


def parse_listing(data: bytes) -> Listing | None:
    """What was written down; None where that is damaged."""
    unpacked, *lines = data.decode("utf-8", "replace").split("\n")
    try:
        return Listing(unpacked, tuple(map(_entry, lines)))
    except (ValueError, TypeError, AttributeError):
        return None


def _entry(line: str) -> LayerEntry:
    path, size, is_folder, names, details, text, link = json.loads(line)
    if not (isinstance(path, str) and isinstance(size, int) and isinstance(text, str | None)):
        raise TypeError(line)
    found = zip(map(FileRole, names), map(str.__str__, details), strict=True)
    return LayerEntry(path, size, bool(is_folder), tuple(found), text, str.__str__(link))
