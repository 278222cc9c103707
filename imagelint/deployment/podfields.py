"""Fields of pods that say as whom they ask the API server, what they pull, and which secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.deployment.objects import Neighbourhood
from imagelint.documents.runtime.field import Field, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.project import Project

_TOKEN = "automountServiceAccountToken"  # noqa: S105 - the name of a field
# Of routers that find their servers by the API server, and of clients of it.
_CLUSTER_WORDS = ("k8s", "kube", "service-discovery")


class OldAccount(NamedTuple):
    """A service account under its old key: where that is, and the span of the key alone.

    `newer` tells that the new key is there as well, `renamable` that it is not even written.
    """

    place: Place
    key: Span
    newer: bool
    renamable: bool


def old_account(pod: Pod) -> OldAccount | None:
    """The service account of a pod of Kubernetes itself under its old key, if any."""
    old, new = pod.spec["serviceAccount"], pod.spec["serviceAccountName"]
    said = old.text()
    if not pod.owner.is_own or said is ABSENT or (isinstance(said, Known) and not said.value):
        return None
    place = Place(Span(old.key_span.start, old.span.end), old.path)
    return OldAccount(place, old.key_span, new.exists and not new.null, not new.exists)


def token_mount(pod: Pod) -> Field[bool]:
    """Whether a pod says that it gets the token of its service account."""
    place = pod.spec[_TOKEN]
    return Field(place.boolean(), place)


def token_refusal(manifest: Manifest, pod: Pod) -> tuple[Span, str] | None:
    """What to put where so that a pod gets no token; None where that is not at one place."""
    if manifest.rendered:
        return None
    written = pod.spec[_TOKEN]
    if written.exists:
        return written.span, "false"
    part = manifest.part_at(pod.spec.span.start)
    return pod.spec.missing_entry(part, _TOKEN, "false", ("serviceAccountName",))


def needs_no_token(pod: Pod, manifest: Manifest, project: Project) -> bool:
    """Whether a pod of the default account holds model servers only, none of which asks the API.

    Accounts of its own are made for a purpose; the default one may refuse the token itself.
    """
    if pod.partial or not pod.owner.is_own or not _only_serves(pod, manifest):
        return False
    accounts = (pod.spec["serviceAccountName"], pod.spec["serviceAccount"])
    if any(one.exists and not one.null and one.word() != "default" for one in accounts):
        return False
    around = Neighbourhood(manifest, project)
    account = around.object("ServiceAccount", "default", pod.owner.namespace)
    return account is None or not account.object.body[_TOKEN].exists


def _only_serves(pod: Pod, manifest: Manifest) -> bool:
    servers = manifest.servers_of(pod)
    known = {server.launch.span for server in servers if server.facts and not server.concluded}
    words = " ".join(word for server in servers for word in server.launch.written).lower()
    alone = len(pod.containers) == len(servers) == len(known) and bool(servers)
    return alone and not any(word in words for word in _CLUSTER_WORDS)


def pull_policy(container: Container) -> Field[str]:
    """When the image of a container is pulled."""
    place = container.body["imagePullPolicy"]
    return Field(place.text(), place)


class SecretVariable(NamedTuple):
    """Where a Secret becomes variables: `name` is that of the variable, or of a whole Secret."""

    place: Node
    name: str
    whole: bool


def secret_variables(container: Container) -> Iterator[SecretVariable]:
    """The places of a container where Secrets become variables."""
    for one in container.body["env"].items():
        reference = one.at("valueFrom", "secretKeyRef")
        if reference.exists and not reference.null:
            yield SecretVariable(reference, one["name"].word(), whole=False)
    for one in container.body["envFrom"].items():
        reference = one["secretRef"]
        if reference.exists and not reference.null:
            yield SecretVariable(reference, reference["name"].word(), whole=True)
