"""Volumes for caches that a server does not use, may not write, or shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import names_root
from imagelint.documents.queries.serving import setting
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    home_folder,
    volume_at,
    volumes,
    weights_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.runtime.model import Mount
    from imagelint.documents.serving.command import ServingCommand

_ROOT = "/root/"
# The folder of the Hugging Face hub below any home:
# https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables#hfhome
_HUB = pattern(r"(?:/[^/]+)*/\.cache/huggingface(?:/hub)?")
# Whose folder of the hub that is; all of them put it elsewhere.
_HOMES = ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME")
_CLAIM = "persistentVolumeClaim"


class UnusedMount(NamedTuple):
    """A volume for weights that the server passes by; `folder` is the one that it uses.

    `folder` is empty where only that is known: the volume lies in a home that is not its own.
    """

    mount: Mount
    folder: str


def unused_mount(server: ServingCommand) -> UnusedMount | None:
    """The volume that is mounted where weights usually go, and not where they go here."""
    mounts = volumes(server)
    if server.facts is None or not isinstance(mounts, Known) or not downloads_weights(server):
        return None
    folder = weights_folder(server)
    usual = server.facts.caches.weights
    if isinstance(folder, Known):
        if volume_at(server, folder.value) is not None:
            return None
        found = [one for one in mounts.value if _is_usual(one, usual)]
        return UnusedMount(found[0], folder.value) if found else None
    if not server.own_image or not _has_another_home(server):
        return None
    found = [
        one for one in mounts.value if _is_usual(one, usual) and _target(one).startswith(_ROOT)
    ]
    return UnusedMount(found[0], "") if found and len(found) == len(mounts.value) else None


def _target(mount: Mount) -> str:
    return mount.target.value.rstrip("/") if isinstance(mount.target, Known) else ""


def _is_usual(mount: Mount, usual: str) -> bool:
    """Whether weights go there by the default of the hub, or by that of the engine."""
    target = _target(mount)
    if _HUB.fullmatch(target):
        return True
    return target == usual or (usual.startswith("~") and target == f"/root{usual[1:]}")


def _has_another_home(server: ServingCommand) -> bool:
    """Whether the server certainly is not root, and nothing says where its home is."""
    user = server.launch.runtime.user
    other = isinstance(user, Known) and not names_root(user.value)
    return other and all(setting(server, name) is ABSENT for name in _HOMES)


def lost_graphs(server: ServingCommand) -> str:
    """The folder of compiled graphs that is on no volume; empty where there is one, or none."""
    known, mounts = server.facts, volumes(server)
    if known is None or not isinstance(mounts, Known) or not server.own_image:
        return ""
    compiles = server.complete and not any(map(server.is_on, known.caches.uncompiled_flags))
    if not compiles or not server.launch.runtime.restarts:
        return ""
    for folder in graph_folders(server):
        if volume_at(server, folder) is None:
            return folder
    return ""


def graph_folders(server: ServingCommand) -> Iterator[str]:
    """The folders into which graphs are compiled, as far as they are known."""
    for variable, usual in server.facts.caches.compiled.items() if server.facts else ():
        told, cache = setting(server, variable), setting(server, "XDG_CACHE_HOME")
        if isinstance(told, Known):
            yield told.value.rstrip("/")
        elif told is ABSENT and isinstance(cache, Known):
            yield cache.value.rstrip("/") + usual.removeprefix("~/.cache")
        elif told is ABSENT and cache is ABSENT:
            home = home_folder(server)
            if isinstance(home, Known):
                yield home.value.rstrip("/") + usual[1:]
