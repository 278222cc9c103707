"""Where a server writes when it starts, and cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    home_folder,
    volumes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.runtime.model import Mount
    from imagelint.documents.serving.command import ServingCommand

_TEMPORARY = "/tmp"  # noqa: S108 - compared with, never written to
# Where Python looks for a folder for temporary files: Lib/tempfile.py (_candidate_tempdir_list).
_INSTEAD = ("/var/tmp", "/usr/tmp")  # noqa: S108
_TEMPORARY_VARIABLES = ("TMPDIR", "TEMP", "TMP")
# What an engine does without: settings, and caches of kernels that it need not have.
_OPTIONAL = ("~/.config", "~/.nv", "~/.cache/flashinfer", "~/.cache/tvm-ffi")
_CACHES = "~/.cache"


def refused_folders(server: ServingCommand) -> tuple[str, ...]:
    """The folders that a server needs to write and that are on a root which is read-only.

    None where the root is not certainly read-only, of images of others, and where variables or
    volumes are not all known.
    """
    runtime = server.launch.runtime
    sure = server.own_image and server.launch.env_complete and not server.concluded
    found = volumes(server)
    if not runtime.privileges.read_only_root.on or not sure or not isinstance(found, Known):
        return ()
    writable = tuple(mount for mount in found.value if not mount.read_only)
    return tuple(folder for folder in _needed(server) if not _is_on(folder, writable))


def _needed(server: ServingCommand) -> Iterator[str]:
    known = server.facts
    home = home_folder(server)
    if known is None:
        return
    compiles, downloads = known.packaging.jit, downloads_weights(server)
    for path in known.caches.paths:
        if path == _TEMPORARY and compiles and not _is_set(server, _TEMPORARY_VARIABLES):
            yield path
        if not path.startswith("~") or path.startswith(_OPTIONAL) or home is UNKNOWN:
            continue
        needed = downloads if path == _CACHES or not compiles else True
        if needed and not _is_elsewhere(server, path) and isinstance(home, Known):
            yield home.value.rstrip("/") + path[1:]


def _is_set(server: ServingCommand, names: tuple[str, ...]) -> bool:
    return any(one.name in names for one in server.launch.env)


def _is_elsewhere(server: ServingCommand, path: str) -> bool:
    """Whether a variable puts a folder elsewhere: one that is called like it."""
    if path.startswith(_CACHES) and _is_set(server, ("XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE")):
        return True
    name = path.rpartition("/")[2].lstrip(".").upper()
    return any(name in one.name.upper() and _is_folder(one.name) for one in server.launch.env)


def _is_folder(variable: str) -> bool:
    return variable.upper().endswith(("CACHE", "ROOT", "DIR", "HOME", "PATH", "MODELS"))


def _is_on(folder: str, writable: tuple[Mount, ...]) -> bool:
    places = (folder, *_INSTEAD) if folder == _TEMPORARY else (folder,)
    return any(
        isinstance(mount.target, Known) and _meets(place, mount.target.value)
        for mount in writable
        for place in places
    )


def _meets(folder: str, target: str) -> bool:
    inner, outer = f"{folder.rstrip('/')}/", f"{target.rstrip('/')}/"
    return inner.startswith(outer) or outer.startswith(inner)
