"""Put together what an image holds, layer by layer, from streams that are read once."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.image.jsonview import plain
from imagelint.documents.image.layers.installed import is_list
from imagelint.documents.image.layers.listing import read_entries
from imagelint.documents.image.layers.nodes import (
    NOWHERE,
    CudaRuntimes,
    FileRole,
    HistoryGap,
    HistoryStep,
    InstalledPackage,
    LayerContents,
    LayerFiles,
    UnreadLayer,
    Waste,
)
from imagelint.documents.image.layers.overlay import Overlay
from imagelint.documents.image.layers.packagelists import behind, tells_of
from imagelint.documents.image.layers.smallfiles import (
    accounts,
    installed_lists,
    installed_package,
    installed_system,
)
from imagelint.documents.image.layers.stream import StreamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.image.layers.lazyindex import LazyIndex
    from imagelint.documents.image.layers.listing import LayerEntry, Listing, Recorder
    from imagelint.documents.image.layers.stream import ByteStream
    from imagelint.documents.image.manifest import ImageLayer

_MOST_ENTRIES = 2_000_000
_MOST_GROUPS = 2_000
_MOST_NAMES = 5
_MOST_SYSTEM = 64
_MOST_SEEN = 10_000
_KEPT_NAMES = {
    FileRole.CUDA: _MOST_SYSTEM,
    FileRole.SETUID: _MOST_SEEN,
    FileRole.WEIGHTS: _MOST_SEEN,
    FileRole.LINKED: _MOST_SEEN,
}
"""Of which files more is kept than what is told: whether later layers hide them counts."""
_MOST_TEXTS = 64 * 1024 * 1024
_MOST_LISTED = 4 * 1024 * 1024
"""Characters of lists of packages: a hundred thousand of them, each a text of its own later."""
_HOLDS = 3


class _Group:
    """Files of one layer and one sort while they are gathered."""

    __slots__ = ("count", "files", "size")

    def __init__(self) -> None:
        self.files: list[tuple[str, int]] = []
        self.count = 0
        self.size = 0


class _Key(NamedTuple):
    layer: int
    role: FileRole
    detail: str
    name: str = ""


class ImageReading:
    """What is known of an image so far."""

    def __init__(self, history: tuple[HistoryStep | HistoryGap, ...] = (), image: str = "") -> None:
        self._image = image
        self._history = history
        steps = (step for step in history if isinstance(step, HistoryStep))
        self._commands = {step.layer: step.command for step in steps if step.layer}
        self._overlay = Overlay()
        self._groups: dict[_Key, _Group] = {}
        self._layers: list[tuple[ImageLayer, int, dict[str, int]]] = []
        self._unread: list[UnreadLayer] = []
        self._texts: dict[str, tuple[int, str]] = {}
        self._packages: dict[str, InstalledPackage] = {}
        self._links: dict[str, str] = {}
        self._entries = 0
        self._kept = 0
        self._named = 0

    def layer(
        self,
        stream: ByteStream,
        layer: ImageLayer,
        recorder: Recorder | None = None,
        index: LazyIndex | None = None,
    ) -> None:
        """Read the next layer to its end, and hold it to its digests, and to its index if any.

        Raises:
            StreamError: it is no layer, not this one, or one that nobody needs.
        """
        found = read_entries(stream, index)
        self._take(layer, found if recorder is None else _recorded(found, recorder))
        stream.finish()
        if stream.digest != layer.digest.partition(":")[2]:
            raise StreamError("does not have its digest")
        _compare(layer, stream.unpacked)

    def listed(self, layer: ImageLayer, listing: Listing) -> None:
        """Take the next layer as it was read before.

        Raises:
            StreamError: it is not what this image calls it, or one that nobody needs.
        """
        self._take(layer, listing.entries)
        _compare(layer, listing.unpacked)

    def _take(self, layer: ImageLayer, entries: Iterable[LayerEntry]) -> None:
        number = len(self._layers) + 1
        before = self._entries
        holds: dict[str, int] = {}
        self._layers.append((layer, 0, holds))
        self._overlay.begin()
        for entry in entries:
            self._entries += 1
            if self._entries > _MOST_ENTRIES:
                raise StreamError(f"is one too many: there are more than {_MOST_ENTRIES:,} entries")
            self._entry(number, entry, holds)
        self._overlay.end()
        self._layers[-1] = (layer, self._entries - before, holds)

    def unread(self, layer: ImageLayer, why: str) -> None:
        """Note that a layer was not read, or not to its end."""
        number = len(self._layers)
        if not self._layers or self._layers[-1][0] is not layer:
            number += 1
            self._layers.append((layer, 0, {}))
            self._overlay.begin()
        self._overlay.end()
        self._unread.append(UnreadLayer(NOWHERE, number, why, f"layer {number}"))

    def nodes(self) -> Iterator[Node]:
        """All that rules are told."""
        yield from self._history
        yield from self._contents()
        yield from self._unread
        yield from self._files()
        yield from self._small()
        yield from self._installed()
        yield from self._totals()

    def _entry(self, number: int, entry: LayerEntry, holds: dict[str, int]) -> None:
        path = entry.path
        if entry.is_folder:
            if path:
                self._overlay.add_folder(path)
        elif path:
            self._overlay.add(path, entry.size)
            head = path.split("/", 2)
            place = "/".join(head[:2])
            holds[place] = holds.get(place, 0) + entry.size
        if entry.text is not None:
            self._text(path, number, entry.text)
        if entry.link and path:
            self._links[path] = entry.link
        for role, detail in entry.roles:
            key = _Key(number, role, detail, path if role is FileRole.SECRET else "")
            self._gather(key, entry, path)

    def _text(self, path: str, number: int, text: str) -> None:
        package = installed_package(path, text, number)
        if package is not None:
            self._packages[path] = package
        elif not path.endswith(".dist-info/METADATA"):
            self._kept += len(text)
            self._named += len(text) if is_list(path) else 0
            if self._kept > _MOST_TEXTS or self._named > _MOST_LISTED:
                raise StreamError(f"holds more in {plain(path)} than is read")
            self._texts[path] = (number, text)

    def _gather(self, key: _Key, entry: LayerEntry, path: str) -> None:
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= _MOST_GROUPS:
                raise StreamError(f"holds more than {_MOST_GROUPS:,} sorts of files to tell of")
            group = self._groups[key] = _Group()
        group.count += 1
        group.size += entry.size
        if len(group.files) < _KEPT_NAMES.get(key.role, _MOST_NAMES):
            group.files.append((path or entry.link or "what stands behind its end", entry.size))

    def _contents(self) -> Iterator[Node]:
        live = self._overlay.live()
        for at, (layer, entries, holds) in enumerate(self._layers):
            number = at + 1
            largest = sorted(holds.items(), key=lambda item: (-item[1], item[0]))[:_HOLDS]
            unpacked = self._overlay.unpacked[at]
            yield LayerContents(
                NOWHERE,
                number,
                layer.digest,
                layer.size,
                unpacked,
                entries,
                command=self._commands.get(number, ""),
                dead=max(0, unpacked - live[at]),
                again=self._overlay.again[at],
                holds=tuple((name, size) for name, size in largest if size),
                image=self._image,
                path=f"layer {number}",
            )

    def _files(self) -> Iterator[Node]:
        for key, group in self._groups.items():
            if key.role is FileRole.CUDA:
                continue
            seen = [file for file in group.files if self._overlay.sees(file[0], key.layer)]
            if key.role is FileRole.LINKED:
                seen = [file for file in seen if not self._is_told(file[0])]
                if not seen:
                    continue
            hidden = len(group.files) - len(seen)
            removed = hidden == group.count
            if removed or key.role not in _KEPT_NAMES:
                seen, hidden = group.files, 0
            names = tuple(name for name, _ in (seen or group.files)[:_MOST_NAMES])
            yield LayerFiles(
                NOWHERE,
                key.layer,
                key.role,
                key.detail,
                names,
                group.count - hidden,
                size=group.size - sum(size for _, size in group.files) + sum(map(_size, seen)),
                removed=removed,
                command=self._commands.get(key.layer, ""),
                path=f"layer {key.layer}: {names[0]}",
            )

    def _is_told(self, path: str) -> bool:
        """Whether what a link stands for is said by the file to which it leads, or is nowhere."""
        target = self._links.get(path, "")
        places = behind(path, target)
        if places != (target,):
            places = tuple(one for one in places if self._overlay.shows(one))
            return all(map(tells_of, places))
        return bool(tells_of(target)) and self._overlay.shows(target)

    def _small(self) -> Iterator[Node]:
        seen = {
            path: text
            for path, (number, text) in self._texts.items()
            if self._overlay.sees(path, number)
        }
        system = installed_system(seen)
        if system is not None:
            yield system
        yield from accounts(seen)
        gone = {
            path: text
            for path, (_, text) in self._texts.items()
            if system is not None and not self._overlay.shows(path)
        }
        yield from installed_lists(seen, gone)

    def _installed(self) -> Iterator[Node]:
        """The Python packages that no later layer removes or replaces."""
        for path, package in self._packages.items():
            if self._overlay.sees(path, package.layer):
                yield package

    def _totals(self) -> Iterator[Node]:
        if self._unread:
            return  # of a part, sums say nothing
        live = self._overlay.live()
        unpacked = self._overlay.unpacked
        dead = [max(0, whole - seen) for whole, seen in zip(unpacked, live, strict=True)]
        packed = sum(
            layer.size * part // whole
            for (layer, _, _), part, whole in zip(self._layers, dead, unpacked, strict=True)
            if whole
        )
        upper = sum(unpacked[1:])
        overlay = self._overlay
        yield Waste(
            NOWHERE,
            overlay.efficiency,
            overlay.wasted,
            overlay.wasted / upper if upper else 0.0,
            sum(dead),
            packed,
            size=sum(unpacked),
            largest=overlay.largest,
        )
        yield from self._runtimes()

    def _runtimes(self) -> Iterator[Node]:
        found: dict[str, list[str]] = {"system": [], "wheel": []}
        size = 0
        for key, group in self._groups.items():
            if key.role is FileRole.CUDA:
                names = (name for name, _ in group.files)
                seen = [name for name in names if self._overlay.sees(name, key.layer)]
                found[key.detail] += sorted({posixpath.basename(name) for name in seen})
                size += group.size if key.detail == "system" and seen else 0
        if found["system"] and found["wheel"]:
            yield CudaRuntimes(NOWHERE, tuple(found["system"]), tuple(found["wheel"]), size)


def _size(file: tuple[str, int]) -> int:
    return file[1]


def _recorded(found: Iterable[LayerEntry], recorder: Recorder) -> Iterator[LayerEntry]:
    for entry in found:
        recorder.add(entry)
        yield entry


def _compare(layer: ImageLayer, unpacked: str) -> None:
    algorithm, _, name = layer.diff_id.partition(":")
    if algorithm == "sha256" and unpacked != name:
        raise StreamError("holds something else than the configuration says (its diff id)")
