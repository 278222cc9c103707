"""What a file of an image is by its path, rights and first bytes.

Names are those that the tools themselves use: caches of apt, apk, dnf, pip, uv, conda and the hub,
compilers of CUDA, formats of weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.image.layers.nodes import FileRole
from imagelint.documents.image.layers.packagelists import linked_list
from imagelint.documents.image.layers.tar import EntryKind
from imagelint.documents.secrets.files import credential_file
from imagelint.knowledge.serving.pickles import is_pickled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.image.layers.tar import TarEntry

_CACHES = (
    ("var/lib/apt/lists/", "lists of apt"),
    ("var/cache/apt/", "packages of apt"),
    ("var/cache/apk/", "packages of apk"),
    ("etc/apk/cache/", "packages of apk"),
    ("var/cache/dnf/", "packages of dnf"),
    ("var/cache/yum/", "packages of yum"),
    ("var/cache/libdnf5/", "packages of dnf"),
    ("var/cache/zypp/", "packages of zypper"),
)
_CACHE = pattern(
    r"(?:root|home/[^/]+)/(?:\.cache/(pip|uv|conda|huggingface/xet|go-build|yarn|torch_extensions)/"
    r"|\.(npm)/_cacache/|\.(conda)/pkgs/)|(?:opt|usr/local|root)/(?:mini|ana|mamba|micro)?"
    r"(conda|forge|mamba)\d?/pkgs/"
)
_EMPTY_CACHE = ("lock", "partial", ".keep", ".gitkeep")
_TOOLKIT = frozenset(("nvcc", "cicc", "ptxas", "nsys", "ncu", "cuda-gdb", "nvprof"))
_CUDA = pattern(r"lib(?:cublas|cudart|cudnn|cufft|cusparse|nccl|cusolver)\.so\.[\d.]+")
_WEIGHTS = frozenset(
    ("safetensors", "gguf", "ggml", "onnx", "engine", "plan", "pt", "pth", "ckpt", "h5", "tflite")
)
_SMALLEST_WEIGHTS = 1024 * 1024
_UNNEEDED = {
    ".git/HEAD": "repository of git",
    ".hg/hgrc": "repository of Mercurial",
    ".svn/wc.db": "checkout of Subversion",
    "Dockerfile": "file of the build",
    "Containerfile": "file of the build",
    ".dockerignore": "file of the build",
    "docker-compose.yml": "file of the build",
    "compose.yaml": "file of the build",
}
_LIBRARY = ("site-packages/", "dist-packages/", "node_modules/", "usr/share/", "usr/lib/", "/doc/")
_NOWHERE = ("/.wh.", "/.wh..", "/.wh...")
_SETUID, _SETGID, _ANYONE, _STICKY = 0o4000, 0o2000, 0o002, 0o1000
_FREE = ("tmp", "var/tmp", "dev", "proc", "sys", "run/lock", "var/lock", "dev/shm")


def roles(path: str, entry: TarEntry) -> Iterator[tuple[FileRole, str]]:
    """What an entry is, each with its sort. `path` is without a `/` in front."""
    yield from _odd(path, entry)
    if entry.kind is EntryKind.FILE or entry.kind is EntryKind.HARD_LINK:
        yield from _rights(entry)
        yield from _of_name(path, entry)
        yield from _weights(path, entry)
    elif entry.kind is EntryKind.FOLDER and _is_open(path, entry.mode):
        yield FileRole.WORLD_WRITABLE, "folder"
    if entry.link:
        kind = linked_list(path, entry)
        if kind:
            yield FileRole.LINKED, kind


def _is_open(path: str, mode: int) -> bool:
    return bool(mode & _ANYONE) and not mode & _STICKY and path not in _FREE


def _odd(path: str, entry: TarEntry) -> Iterator[tuple[FileRole, str]]:
    if entry.kind is EntryKind.DEVICE:
        yield FileRole.DEVICE, "device"
    elif entry.kind is EntryKind.OTHER:
        yield FileRole.MISREAD, "kind"
    if path.endswith(_NOWHERE):
        yield FileRole.MISREAD, "whiteout"
    if ".." in path.split("/"):
        yield FileRole.OUTSIDE, "path"
    elif entry.kind is EntryKind.HARD_LINK and ".." in entry.link.split("/"):
        yield FileRole.OUTSIDE, "hard link"
    elif entry.kind is EntryKind.LINK and _leaves(path, entry.link):
        yield FileRole.OUTSIDE, "link"


def _leaves(path: str, link: str) -> bool:
    """Whether a link leads above the root: no tool makes one, only `..` beyond it does."""
    if link.startswith("/") or ".." not in link:
        return False
    depth = path.count("/")
    for part in link.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def _rights(entry: TarEntry) -> Iterator[tuple[FileRole, str]]:
    if entry.mode & _SETUID:
        yield FileRole.SETUID, "setuid"
    elif entry.mode & _SETGID and entry.mode & 0o010:
        yield FileRole.SETUID, "setgid"
    if entry.capability:
        yield FileRole.SETUID, "capabilities"
    if entry.mode & _ANYONE and entry.kind is EntryKind.FILE:
        yield FileRole.WORLD_WRITABLE, "file"


def _of_name(path: str, entry: TarEntry) -> Iterator[tuple[FileRole, str]]:
    folder, _, name = path.rpartition("/")
    cache = cache_of(path)
    if cache and name not in _EMPTY_CACHE and entry.size:
        yield FileRole.CACHE, cache
    if name in _TOOLKIT and folder.endswith("/bin"):
        yield FileRole.TOOLKIT, name
    elif name.startswith("lib") and _CUDA.fullmatch(name) and entry.size:
        wheel = "/nvidia/" in path and "-packages/" in path
        yield FileRole.CUDA, "wheel" if wheel else "system"
    if any(part in path for part in _LIBRARY):
        return
    kind = credential_file(path)
    if kind and entry.size:
        yield FileRole.SECRET, kind
    for end, what in _UNNEEDED.items():
        if path == end or path.endswith(f"/{end}"):
            yield FileRole.UNNEEDED, what


def _weights(path: str, entry: TarEntry) -> Iterator[tuple[FileRole, str]]:
    if entry.size < _SMALLEST_WEIGHTS:
        return
    pickled = is_pickled(path)
    if pickled:
        yield FileRole.PICKLED, "pickled"
    if pickled or path.rpartition(".")[2] in _WEIGHTS:
        yield FileRole.WEIGHTS, "weights"


def cache_of(path: str) -> str:
    """Of which tool a path is a cache; empty for any other."""
    for start, what in _CACHES:
        if path.startswith(start):
            return what
    found = _CACHE.match(path) if "cache" in path or "pkgs/" in path else None
    return f"cache of {next(filter(None, found.groups()))}" if found else ""
