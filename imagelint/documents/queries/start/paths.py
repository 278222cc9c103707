"""Paths that a server is told and that lie on none of its volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.serving import place_of
from imagelint.knowledge.settings.paths import held_folders, path_flags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.runtime.field import Place
    from imagelint.documents.serving.command import ServingCommand

# Whose pods are as they are written: others get a volume with the model from their operator.
_PLAIN = frozenset(
    ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "LeaderWorkerSet")
)
_FILLED_IN = ("$", "{", "<", "*")


class Unmounted(NamedTuple):
    """A path at its place."""

    path: str
    place: Place


def unmounted_paths(server: ServingCommand) -> Iterator[Unmounted]:
    """The paths of a server in its project's own image at which certainly nothing is mounted."""
    runtime = server.launch.runtime
    if server.concluded or not server.complete or not isinstance(runtime.mounts, Known):
        return
    if runtime.kind == "pod" and runtime.owner not in _PLAIN:
        return
    targets = [mount.target for mount in runtime.mounts.value]
    if not all(isinstance(one, Known) for one in targets):
        return
    mounted = [one.value.rstrip("/") for one in targets if isinstance(one, Known)]
    for told in _told(server):
        path = told.value
        if any(_is_at(path, one) for one in mounted) or not _is_looked_up(path):
            continue
        if not _is_made(server, path):
            yield Unmounted(path, place_of(server, told))


def _told(server: ServingCommand) -> Iterator[Known[str]]:
    """The paths that a server is told: that of its model, and those of other files."""
    facts: list[Fact[str]] = [server.model]
    facts += [server.switch(flag) for flag in path_flags(server.engine)]
    yield from (one for one in facts if isinstance(one, Known))


def _is_looked_up(path: str) -> bool:
    """Whether a path is one that no image has by itself, and nothing is left to be filled in."""
    top = path.removeprefix("/").partition("/")[0]
    written = not any(one in path for one in _FILLED_IN) and " " not in path
    return path.startswith("/") and bool(top) and top not in held_folders() and written


def _is_at(path: str, folder: str) -> bool:
    """Whether a path may lie on what is mounted at a folder: that, below it, or around it."""
    return f"{path}/".startswith(f"{folder}/") or folder.startswith(f"{path.rstrip('/')}/")


def _is_made(server: ServingCommand, path: str) -> bool:
    """Whether the command of the container names the folder elsewhere too, and may fill it."""
    top = "/" + path.removeprefix("/").partition("/")[0]
    written = sum(word.count(top) for word in server.launch.written)
    own = sum(word.text.count(top) for word in server.words)
    return bool(server.launch.scripts) or written > own > 0
