"""Claims on which servers keep caches: who owns them, and who else mounts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.deployment.objects import Neighbourhood
from imagelint.documents.execution import names_root
from imagelint.documents.kubernetes.landmarks import PodPlace, pods_mounting
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.pods.accelerators import quantity
from imagelint.documents.queries.links.scope import Scope, same
from imagelint.documents.queries.weights.cachemounts import graph_folders
from imagelint.documents.queries.weights.fetched import fetched_weights
from imagelint.documents.queries.weights.hubdownloads import covers
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    volume_at,
    weights_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.project import Project
    from imagelint.documents.runtime.model import Mount
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.yaml.cursor import Cursor

_CLAIM, _VOLUME = "PersistentVolumeClaim", "persistentVolumeClaim"
# Classes of volumes that are folders of a share, or of a node, which Kubernetes hands to nobody:
# kubernetes/website:content/en/docs/tasks/configure-pod-container/security-context.md
# (fsGroup has no effect upon what the driver does not support), and drivers' own documentation.
_SHARES = pattern(
    r"nfs|efs|azurefile|filestore|cephfs|gluster|lustre|fsx|smb|cifs|s3|gcs|local|hostpath|juicefs"
    r"|beegfs|weka|gpfs|netapp|nas|standard-rwx|shared|rwx"
)


def unowned_volumes(
    pod: Pod, document: Document, project: Project
) -> Iterator[tuple[ServingCommand, Mount]]:
    """The servers of a pod with the claim for their weights that nothing lets them write."""
    if not isinstance(document, Manifest) or not pod.owner.is_own or pod.partial:
        return
    for server in document.servers_of(pod):
        mount = unowned_claim(pod, server)
        name = _claim_of(pod, mount.volume) if mount is not None else ""
        if mount is None or not name:
            continue
        found = Neighbourhood(document, project).object(_CLAIM, name, pod.owner.namespace)
        if found is None or not _is_share(found.object.body["spec"]):
            yield server, mount


class ClaimedRoom(NamedTuple):
    """A claim to which a server downloads its weights, and the bytes that it asks for."""

    server: ServingCommand
    mount: Mount
    claim: str
    size: float


def claimed_room(pod: Pod, document: Document, project: Project) -> Iterator[ClaimedRoom]:
    """The claims for weights of a pod's servers whose size stands beside them.

    Shares and folders of a node mostly ignore the size that is asked for, and a volume that is
    named exists already.
    """
    if not isinstance(document, Manifest) or pod.partial:
        return
    for server in document.servers_of(pod):
        folder = weights_folder(server)
        if not isinstance(folder, Known) or not downloads_weights(server):
            continue
        mount = volume_at(server, folder.value)
        name = _claim_of(pod, mount.volume) if mount is not None else ""
        if mount is None or not name:
            continue
        size = _claimed(name, pod, document, project)
        if size > 0:
            yield ClaimedRoom(server, mount, name, size)


class FilledClaim(NamedTuple):
    """A claim to which a container fetches models, their GB of 1e9 bytes, and those asked for."""

    container: str
    mount: Mount
    claim: str
    gigabytes: float
    room: float


def filled_claims(pod: Pod, document: Document, project: Project) -> Iterator[FilledClaim]:
    """The claims to which scripts of a pod fetch models, and whose size stands beside them."""
    if not isinstance(document, Manifest) or pod.partial:
        return
    for container in pod.containers:
        mounts = container.runtime.mounts
        fetched = {one.model: one for one in fetched_weights(document, container)}
        for mount in mounts.value if fetched and isinstance(mounts, Known) else ():
            needed = sum(one.gigabytes for one in fetched.values() if covers(mount, one.folder))
            name = _claim_of(pod, mount.volume) if needed else ""
            size = _claimed(name, pod, document, project) if name else 0
            if size:
                yield FilledClaim(container.name, mount, name, needed, size / 1e9)


def _claimed(name: str, pod: Pod, document: Manifest, project: Project) -> float:
    """The bytes that a claim asks for, 0 where they are not known, or do not count."""
    found = Neighbourhood(document, project).object(_CLAIM, name, pod.owner.namespace)
    spec = found.object.body["spec"] if found is not None else None
    if spec is None or spec["volumeName"].exists or _is_share(spec):
        return 0
    size = quantity(spec.at("resources", "requests", "storage"))
    return value_or(size, 0)


def _is_share(spec: Cursor) -> bool:
    modes = [mode.word() for mode in spec["accessModes"].items()]
    named = spec["storageClassName"].word().lower()
    return "ReadWriteMany" in modes or _SHARES.search(named) is not None


def shared_graphs(
    pod: Pod, document: Document, project: Project
) -> Iterator[tuple[SharedFolder, str]]:
    """The folders of compiled code of a pod's servers, with the workload that can write them."""
    if not isinstance(document, Manifest) or pod.partial:
        return
    scope = Scope(document, project, closed=None)
    for server in document.servers_of(pod):
        for shared in graphs_on_claims(pod, server):
            other = _other_writer(pod, shared.claim, scope)
            if other:
                yield shared, other


def _other_writer(pod: Pod, claim: str, scope: Scope) -> str:
    """The name of another workload that mounts a claim so that it can write to it."""
    own = (pod.owner.kind, pod.owner.name)
    found = scope.nearest(
        pods_mounting(claim),
        PodPlace,
        lambda one: same(one.namespace, pod.owner.namespace) and one.name != pod.owner.name,
    )
    for origin, place in found.nodes:
        other = scope.pod(origin, place)
        if other is None or (other.owner.kind, other.owner.name) == own or not other.owner.name:
            continue
        if _writes(other, claim):
            return other.owner.name
    return ""


def _writes(pod: Pod, claim: str) -> bool:
    names = [
        one["name"].word()
        for one in pod.spec["volumes"].items()
        if one.at("persistentVolumeClaim", "claimName").word() == claim
        and not _is_yes(one.at("persistentVolumeClaim", "readOnly"))
    ]
    for container in pod.containers:
        mounts = container.runtime.mounts
        for mount in mounts.value if isinstance(mounts, Known) else ():
            if mount.volume in names and not mount.read_only:
                return True
    return False


def _is_yes(place: Cursor) -> bool:
    said = place.boolean()
    return isinstance(said, Known) and said.value


class SharedFolder(NamedTuple):
    """A folder of compiled graphs on a claim, and the name of that."""

    folder: str
    mount: Mount
    claim: str


def graphs_on_claims(pod: Pod, server: ServingCommand) -> Iterator[SharedFolder]:
    """The folders of compiled graphs of a server that lie on claims."""
    for folder in graph_folders(server) if server.own_image else ():
        mount = volume_at(server, folder)
        claim = _claim_of(pod, mount.volume) if mount is not None else ""
        if mount is not None and claim and _covers(mount, folder):
            yield SharedFolder(folder, mount, claim)


def unowned_claim(pod: Pod, server: ServingCommand) -> Mount | None:
    """The claim for weights that is mounted for a user to whom nothing hands it over."""
    folder, user = weights_folder(server), server.launch.runtime.user
    if not downloads_weights(server) or not isinstance(folder, Known):
        return None
    mount = volume_at(server, folder.value)
    if mount is None or mount.source != _VOLUME or mount.read_only:
        return None
    number = user.value.partition(":")[0] if isinstance(user, Known) else ""
    handed_over = pod.spec.at("securityContext", "fsGroup").exists
    if not number.isdecimal() or names_root(number) or handed_over:
        return None
    prepared = any(one.role == "init" and _mounts(one, mount.volume) for one in pod.containers)
    return None if prepared else mount


def _covers(mount: Mount, folder: str) -> bool:
    target = mount.target.value.rstrip("/") if isinstance(mount.target, Known) else folder
    return f"{folder}/".startswith(f"{target}/")


def _mounts(container: Container, volume: str) -> bool:
    mounts = container.runtime.mounts
    return not isinstance(mounts, Known) or any(one.volume == volume for one in mounts.value)


def _claim_of(pod: Pod, volume: str) -> str:
    """The name of the claim that a volume of a pod is; empty for any other."""
    for one in pod.spec["volumes"].items():
        if one["name"].word() == volume:
            return one[_VOLUME]["claimName"].word()
    return ""
