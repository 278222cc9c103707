"""Questions about what scripts download from hubs of models, and about the volumes that hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import Phase
from imagelint.documents.queries.downloads import downloads
from imagelint.documents.queries.serving import is_commit, is_offline
from imagelint.documents.queries.stages import stage_scripts, stages
from imagelint.documents.queries.weights.modelcache import hub_of, is_temporary, volume_at
from imagelint.documents.shell.script import Script, ScriptRole
from imagelint.knowledge.serving.hubs import hubs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.queries.downloads import Download
    from imagelint.documents.runtime.model import Mount
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shell.script import Command
    from imagelint.knowledge.serving.hubs import Hub

# What fetches objects from stores, by its first words.
_STORES = (
    ("aws", "s3", "cp"),
    ("aws", "s3", "sync"),
    ("gsutil", "cp"),
    ("gsutil", "rsync"),
    ("gcloud", "storage", "cp"),
    ("gcloud", "storage", "rsync"),
    ("s5cmd", "cp"),
    ("s5cmd", "sync"),
    ("rclone", "copy"),
    ("rclone", "sync"),
    ("azcopy", "copy"),
    ("mc", "cp"),
    ("mc", "mirror"),
)
# The hub's own clients, and what lets them take a part of a model.
_CLIENTS = ("hf", "huggingface-cli")
_PARTIAL = ("--include", "--exclude")
# The same in Python.
_WHOLE, _CALLED, _PATTERNS = "snapshot_download(", "_download(", "_patterns"
# Git's commands by which a clone comes to stand at a commit.
_MOVING = ("checkout", "reset", "switch", "fetch")


class HubDownload(NamedTuple):
    """A model that a script downloads from a hub, and the commit, tag or branch that it asks for.

    `pin` is how a revision is written there.
    """

    download: Download
    model: str
    hub: Hub
    revision: Fact[str]
    pin: str


def hub_downloads(script: Script) -> Iterator[HubDownload]:
    """The models that a script downloads from hubs, as far as their names are known."""
    if script.role is ScriptRole.HEALTHCHECK:
        return
    known = {hub.name: hub for hub in hubs()}
    for at, command in enumerate(script.commands):
        for download in downloads(command):
            if download.hub and isinstance(download.url, Known):
                moved = download.kind == "git" and _stands_elsewhere(script.commands[at + 1 :])
                if not moved:
                    hub = known[download.hub]
                    yield HubDownload(
                        download, _name(download.url.value), hub, download.revision, _pin(download)
                    )


def moves(revision: Fact[str], hub: Hub) -> bool:
    """Whether what is asked for is certainly another thing tomorrow, as far as the hub allows."""
    if not isinstance(revision, Known):
        return revision is ABSENT
    return not is_commit(revision) if hub.commits else revision.value == hub.branch


def _stands_elsewhere(later: tuple[Command, ...]) -> bool:
    return any(
        command.program == "git" and any(word.text in _MOVING for word in command.arguments)
        for command in later
    )


def _name(url: str) -> str:
    """`org/model` of an address, or the name as it is."""
    return url.rpartition("://")[2].partition("/")[2] if "://" in url else url


def _pin(download: Download) -> str:
    if download.kind == "git":
        return "`git checkout {}`"
    return "`--revision {}`" if download.span == download.command.span else '`revision="{}"`'


def is_kept(document: Document, script: Script, download: Download) -> bool:
    """Whether what a script downloads stays: in an image, or on a volume that outlives its pod."""
    if script.place.phase is Phase.BUILD:
        return True
    if not download.output:
        return False
    return any(
        covers(mount, download.output) and not is_temporary(mount) and mount.source != ""
        for pod in _pods(document)
        for container in pod.containers
        if container.place is script.place
        for mount in _mounts(container)
    )


def baked_model(document: Document, server: ServingCommand) -> bool:
    """Whether a Dockerfile puts the model of its server into the cache of the hub, and no more."""
    used = stages(document)
    if not used or is_offline(server) or not server.is_remote_model or not hub_of(server).commits:
        return False
    wanted = server.model.value if isinstance(server.model, Known) else ""
    found = [
        one
        for script in stage_scripts(document, used[-1])
        for one in hub_downloads(script)
        if one.model == wanted
    ]
    return any(not one.download.output for one in found)


class FilledVolume(NamedTuple):
    """A volume that ends with its pod, and the init container that downloads the model into it."""

    mount: Mount
    container: Container


def may_be_filled(document: Document, server: ServingCommand, mount: Mount) -> bool:
    """Whether a volume may hold something before the server starts, or while it waits for it.

    One that is made with the pod is empty as long as no other container mounts it.
    """
    if not is_temporary(mount):
        return True
    if not mount.volume:
        return False
    beside = _beside(document, server)
    return not beside or any(
        other.volume == mount.volume
        for container in beside
        if container.span != server.launch.span
        for other in _mounts(container)
    )


def filled_volume(document: Document, server: ServingCommand) -> FilledVolume | None:
    """The temporary volume into which an init container downloads the model of a server."""
    if not server.is_local_path or not isinstance(server.model, Known):
        return None
    mount = volume_at(server, server.model.value)
    if mount is None or not is_temporary(mount) or not covers(mount, server.model.value):
        return None
    for container in _beside(document, server):
        shares = any(other.volume == mount.volume for other in _mounts(container))
        if container.role == "init" and shares and _downloads(document, container):
            return FilledVolume(mount, container)
    return None


class PreparedWeights(NamedTuple):
    """A model that an init container downloads, and the server's volume to which it does."""

    mount: Mount
    model: str
    gigabytes: float


def prepared_weights(document: Document, server: ServingCommand) -> Iterator[PreparedWeights]:
    """What init containers download to the volume from which a server takes its model."""
    if not server.is_local_path or not isinstance(server.model, Known):
        return
    from imagelint.documents.queries.weights.fetched import fetched_weights

    mount = volume_at(server, server.model.value)
    for container in _beside(document, server) if mount is not None else ():
        if mount is None or container.role != "init":
            continue
        shared = [one for one in _mounts(container) if one.volume == mount.volume]
        for found in fetched_weights(document, container):
            if any(covers(one, found.folder) for one in shared):
                yield PreparedWeights(mount, found.model, found.gigabytes)


def is_whole(download: Download) -> bool:
    """Whether the hub's own client, or its function in Python, downloads all files of a model."""
    command = download.command
    if command.program not in _CLIENTS:
        code = " ".join(word.raw for word in command.arguments)
        return _WHOLE in code and code.count(_CALLED) == 1 and _PATTERNS not in code
    words = [word.text for word in command.words]
    if any(word.startswith(_PARTIAL) for word in words):
        return False
    before = ("", *words)
    bare = [
        word
        for word, last in zip(words, before, strict=False)
        if not word.startswith("-") and not (last.startswith("-") and "=" not in last)
    ]
    return len(bare) == len(("hf", "download", "owner/name"))


def _pods(document: Document) -> tuple[Pod, ...]:
    """The pods of a document, which only manifests have."""
    if document.kind != "kubernetes":
        return ()
    from imagelint.documents.kubernetes.objects import Pod

    return document.nodes_of(Pod)


def _beside(document: Document, server: ServingCommand) -> tuple[Container, ...]:
    """All containers of the server's pod."""
    for pod in _pods(document):
        if any(container.span == server.launch.span for container in pod.containers):
            return pod.containers
    return ()


def _mounts(container: Container) -> tuple[Mount, ...]:
    mounts = container.runtime.mounts
    return mounts.value if isinstance(mounts, Known) else ()


def covers(mount: Mount, path: str) -> bool:
    """Whether a path lies on a volume."""
    if not isinstance(mount.target, Known):
        return False
    return f"{path.rstrip('/')}/".startswith(f"{mount.target.value.rstrip('/')}/")


def _downloads(document: Document, container: Container) -> bool:
    """Whether a container certainly fetches something, from wherever."""
    return any(
        bool(downloads(command)) or _from_store(command)
        for script in document.nodes_of(Script)
        if script.place is container.place and script.role is ScriptRole.START
        for command in script.commands
    )


def _from_store(command: Command) -> bool:
    words = tuple(word.text for word in command.words if not word.text.startswith("-"))
    return any((command.program, *words[1 : len(row)]) == row for row in _STORES)
