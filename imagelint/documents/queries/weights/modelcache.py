"""Where a server keeps the weights that it downloads, and whether that outlives the container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.booleans import hub_variable
from imagelint.documents.execution import names_root
from imagelint.documents.queries.serving import is_offline, setting, switched_on
from imagelint.documents.remembered import remembered_lookup
from imagelint.documents.serving.options import DOWNLOAD_FOLDER
from imagelint.knowledge.serving.hubs import hubs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.runtime.model import Mount
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shell.script import Script
    from imagelint.knowledge.engines import CacheFolders, Engine
    from imagelint.knowledge.serving.hubs import Hub

# Volumes that hold what others put there.
_READ = frozenset(("configMap", "secret", "projected", "downwardAPI"))
_TEMPORARY = frozenset(("emptyDir", "memory", "tmpfs"))
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - compared with, never written to
# Variables that say where, in the order in which they count, and what lies below them.
# https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
_HUB = (
    ("HF_HUB_CACHE", ""),
    ("HUGGINGFACE_HUB_CACHE", ""),
    ("HF_HOME", "/hub"),
    ("XDG_CACHE_HOME", "/huggingface/hub"),
)
_HUB_DEFAULT = "~/.cache/huggingface"
_FOLDERS = ("HF_HOME", "HOME", "XDG_CACHE_HOME")
_DEEPEST = 64  # folders of a path that are looked at
# What may let others into the home of root.
_OPENING = pattern(r"\b(?:chmod|chown|chgrp|setfacl|install|usermod|fix-permissions)\b")
# Where no server keeps what it downloads: places of the system, and single files.
_SYSTEM = ("/etc", "/proc", "/sys", "/dev", "/run", "/var/run", "/var/log", "/usr", "/lib", "/bin")
_FILE = pattern(
    r"\.(?:sh|py|ya?ml|json|toml|conf|cfg|ini|txt|jinja2?|pem|crt|key|sock|env|template)\Z"
)


def hub_of(server: ServingCommand) -> Hub:
    """The hub that the server asks for a model: the usual one, unless a switch says another."""
    usual, *others = hubs()
    names = {one.name for one in server.launch.env}
    for hub in others:
        if any(
            switched_on(server, name, hub_variable) for name in names.intersection(hub.switches)
        ):
            return hub
    return usual


def downloads_weights(server: ServingCommand) -> bool:
    """Whether the server certainly downloads its weights itself."""
    if server.is_local_path or (is_offline(server) and hub_of(server).commits):
        return False
    if server.facts and server.facts.traits.downloads_unasked:
        return server.own_image
    return server.is_remote_model


@remembered_lookup
def weights_folder(server: ServingCommand) -> Fact[str]:
    """The folder into which weights are downloaded; unknown when nothing in sight tells it."""
    known = server.facts
    if known is None or not known.caches.weights:
        return UNKNOWN
    hub = hub_of(server)
    told = _told(server, known.caches, hub)
    if told is not ABSENT:
        return told
    return _default_folder(server, known.caches.weights if hub.commits else hub.folder)


def _told(server: ServingCommand, caches: CacheFolders, hub: Hub) -> Fact[str]:
    """What a flag or a variable says; absent when none does."""
    told = server.option(DOWNLOAD_FOLDER)
    if isinstance(told, Known):
        return told
    own = tuple((name, "") for name in hub.variables or caches.weights_variables)
    for name, below in own or _HUB:
        fact = setting(server, name)
        if isinstance(fact, Known):
            return Known(fact.value.rstrip("/") + below, fact.span)
        if fact is UNKNOWN:
            return UNKNOWN
    return ABSENT


def _default_folder(server: ServingCommand, folder: str) -> Fact[str]:
    if not server.own_image:
        return UNKNOWN
    below = "/hub" if folder == _HUB_DEFAULT else ""
    if not folder.startswith("~"):
        return Known(folder)
    home = home_folder(server)
    return Known(home.value + folder[1:] + below) if isinstance(home, Known) else UNKNOWN


def home_folder(server: ServingCommand) -> Fact[str]:
    """The home of the user who runs the server, where the image is the engine's own."""
    told = setting(server, "HOME")
    if told is not ABSENT:
        return told
    user = server.launch.runtime.user
    if user is UNKNOWN or server.facts is None:
        return UNKNOWN
    if user is ABSENT or names_root(user.value):
        return Known(server.facts.packaging.home)
    home = server.facts.packaging.homes.get(user.value)
    return Known(home) if home else UNKNOWN


def volumes(server: ServingCommand) -> Fact[tuple[Mount, ...]]:
    """The mounts that could hold weights; unknown when not all can be seen."""
    mounts = server.launch.runtime.mounts
    if not isinstance(mounts, Known):
        return UNKNOWN
    if any(not isinstance(mount.target, Known) for mount in mounts.value):
        return UNKNOWN
    return Known(
        tuple(
            mount
            for mount in mounts.value
            if mount.source not in _READ
            and isinstance(mount.target, Known)
            and mount.target.value != _SHARED_MEMORY
        )
    )


def volume_at(server: ServingCommand, folder: str) -> Mount | None:
    """The volume at, above or below a folder."""
    mounts = volumes(server)
    if not isinstance(mounts, Known):
        return None
    found: tuple[Mount, ...] = mounts.value
    for mount in found:
        target = mount.target.value if isinstance(mount.target, Known) else ""
        if _is_within(folder, target) or _is_within(target, folder):
            return mount
    return None


def refusing_mount(server: ServingCommand) -> Mount | None:
    """The volume on which the folder for weights lies, where nothing can be written to it."""
    folder, mounts = weights_folder(server), volumes(server)
    if not isinstance(folder, Known) or not isinstance(mounts, Known):
        return None
    targets = {one.target.value: one for one in mounts.value if isinstance(one.target, Known)}
    around = [target for target in targets if _is_within(folder.value, target)]
    nearest = targets[max(around, key=len)] if around else None
    below = any(_is_within(target, folder.value) for target in targets if target not in around)
    return nearest if nearest is not None and nearest.read_only and not below else None


def may_hold_weights(mount: Mount) -> bool:
    """Whether weights may be kept there, where the folder into which they go is not known."""
    target = mount.target.value if isinstance(mount.target, Known) else "/"
    system = any(_is_within(target, place) for place in _SYSTEM)
    return not system and _FILE.search(target) is None


def _is_within(inner: str, outer: str) -> bool:
    return f"{inner.rstrip('/')}/".startswith(f"{outer.rstrip('/')}/")


def is_temporary(mount: Mount) -> bool:
    """Whether what is written there ends with the pod, or with the container."""
    return mount.source in _TEMPORARY


def weights_stay(server: ServingCommand) -> bool:
    """Whether the weights are certainly on a volume, or in the image, before the server starts."""
    return server.is_local_path or downloads_stay(server)


def downloads_stay(server: ServingCommand) -> bool:
    """Whether what the server downloads certainly lands on a volume that outlives it."""
    folder = weights_folder(server)
    mount = volume_at(server, folder.value) if isinstance(folder, Known) else None
    return mount is not None and not is_temporary(mount) and mount.source != ""


def weights_source(server: ServingCommand) -> str:
    """Where weights that stay are read from: `a volume`, `the image`, or the folder itself."""
    if not server.is_local_path or not isinstance(server.model, Known):
        return "a volume"
    if volume_at(server, server.model.value) is not None:
        return "a volume"
    return "the image" if isinstance(volumes(server), Known) else server.model.value


class HomelessFolder(NamedTuple):
    """A folder that a user cannot write, and the variable that names it, empty where none does."""

    folder: str
    variable: str


def closed_folder(server: ServingCommand, scripts: Iterable[Script]) -> HomelessFolder | None:
    """The folder of caches below the home of root that an image's settings name.

    Nobody else may enter that home, whatever is mounted there, unless a script of the image opens
    it: then nothing is said.
    """
    for name in _FOLDERS:
        told = setting(server, name)
        if not isinstance(told, Known):
            continue
        opened = any(_OPENING.search(script.text) for script in scripts)
        below = f"{told.value}/".startswith("/root/")
        return HomelessFolder(told.value, name) if below and not opened else None
    return None


def homeless_folder(server: ServingCommand, user: str) -> HomelessFolder | None:
    """The folder of caches that a user, who is not root, certainly cannot write.

    Nothing is known of images of others, of folders on volumes, and beside variables that may move
    a cache to a volume.
    """
    known = server.facts
    mounts = volumes(server)
    if known is None or not isinstance(mounts, Known) or not server.own_image:
        return None
    for name in _FOLDERS:
        told = setting(server, name)
        if told is UNKNOWN:
            return None
        if isinstance(told, Known):
            below_root = f"{told.value}/".startswith("/root/")
            free = below_root and volume_at(server, told.value) is None
            return HomelessFolder(told.value, name) if free else None
    # Ubuntu's own images have a user 1000 since 24.04.
    own = ("1000", known.packaging.user.partition(":")[0], *known.packaging.homes)
    needed = known.caches.weights.startswith("~") and (
        known.packaging.jit or server.is_remote_model
    )
    if not user.isdecimal() or user in own or not needed or _is_moved(server, mounts.value):
        return None
    folder = next((one for one in _written(known) if volume_at(server, one) is None), None)
    return HomelessFolder(folder, "") if folder else None


def _written(known: Engine) -> tuple[str, ...]:
    """The folders below the home `/` without which an engine does not start."""
    return ("/.cache", *(folder.removeprefix("~") for folder in known.caches.kernels))


def _folders(path: str) -> Iterator[str]:
    """A path and the folders above it, without the slash behind them; nothing of another text."""
    parts = path.rstrip("/").split("/", _DEEPEST) if path.startswith("/") else []
    return ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def _is_moved(server: ServingCommand, mounts: Iterable[Mount]) -> bool:
    """Whether a variable names a folder on a volume, as one does that moves a cache there."""
    targets = {one.target.value.rstrip("/") for one in mounts if isinstance(one.target, Known)}
    values = [one.value.value for one in server.launch.env if isinstance(one.value, Known)]
    return bool(targets) and (
        len(values) < len(server.launch.env)
        or not server.launch.env_complete
        or any(not targets.isdisjoint(_folders(value)) for value in values)
    )
