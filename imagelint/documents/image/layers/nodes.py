"""What rules are told about the content of an image."""

from __future__ import annotations

from enum import Enum

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span

NOWHERE = Span(0, 0)


class FileRole(Enum):
    """What files of a layer are, for those who look at them."""

    SECRET = "credentials"  # noqa: S105 - not a password
    SETUID = "setuid"
    WORLD_WRITABLE = "world-writable"
    CACHE = "cache"
    TOOLKIT = "toolkit"
    CUDA = "cuda"
    WEIGHTS = "weights"
    PICKLED = "pickled"
    UNNEEDED = "unneeded"
    DEVICE = "device"
    OUTSIDE = "outside"
    MISREAD = "misread"  # what scanners and engines do not take for the same
    LINKED = "linked"  # what says which packages are installed, as a link: scanners follow none


class HistoryStep(NamedTuple):
    """One step of the build as the image tells it. `layer` counts from 1, 0 makes no layer."""

    span: Span
    number: int
    command: str
    created: str
    layer: int
    path: str


class HistoryGap(NamedTuple):
    """A history that tells of more or fewer layers than there are: it tells of none."""

    span: Span
    told: int
    layers: int
    path: str = "history"


class LayerContents(NamedTuple):
    """A layer as a whole.

    `size` are its bytes as they are stored, `unpacked` those of its files, `dead` those of files
    which later layers replace or remove, `again` those of files which lie below with the same size
    and other rights or owners. `command` is the step that made it, empty where nobody tells;
    `image` is the name of the image.
    """

    span: Span
    number: int
    digest: str
    size: int
    unpacked: int
    entries: int
    command: str
    dead: int
    again: int
    holds: tuple[tuple[str, int], ...]
    image: str
    path: str


class LayerFiles(NamedTuple):
    """Files of one layer that are of one sort.

    `detail` says which, `names` are the first of them, `files` and `size` are of all; `removed`
    tells that later layers hide every one. `command` is the step that made the layer.
    """

    span: Span
    layer: int
    role: FileRole
    detail: str
    names: tuple[str, ...]
    files: int
    size: int
    removed: bool
    command: str
    path: str


class InstalledSystem(NamedTuple):
    """The distribution, as `os-release` names it."""

    span: Span
    name: str
    version: str
    title: str
    path: str


class InstalledPackage(NamedTuple):
    """A Python distribution that is installed, by its metadata. `name` is normalised."""

    span: Span
    name: str
    version: str
    layer: int
    path: str


class InstalledList(NamedTuple):
    """What a package manager says it installed, as `name version`; `path` is where it says so.

    `unread` is why it was not read, if it was not; `removed` tells that a later layer took it away
    and left no other of its kind.
    """

    span: Span
    packages: tuple[str, ...]
    path: str
    unread: str = ""
    removed: bool = False


class Account(NamedTuple):
    """A user (or group) with something odd: no password at all, or the number of another."""

    span: Span
    name: str
    number: int
    twin: str
    unguarded: bool
    path: str


class Waste(NamedTuple):
    """What the layers carry for nothing.

    `efficiency` (0 to 1), `wasted` bytes and `share` (of all layers but the first) are what dive
    says; `dead` are the bytes that no container ever sees, `packed` those as they are stored.
    `largest` are the paths that cost most of them, with their bytes.
    """

    span: Span
    efficiency: float
    wasted: int
    share: float
    dead: int
    packed: int
    size: int
    largest: tuple[tuple[str, int], ...]
    path: str = "layers"


class CudaRuntimes(NamedTuple):
    """CUDA's libraries twice: of the system, and of wheels."""

    span: Span
    system: tuple[str, ...]
    wheels: tuple[str, ...]
    size: int
    path: str = "layers"


class UnreadLayer(NamedTuple):
    """A layer that was not read whole, and why."""

    span: Span
    number: int
    why: str
    path: str
