"""Questions about how much a pod may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Container, KubernetesObject, Pod
    from imagelint.documents.yaml.cursor import Cursor


def windows(spec: Cursor) -> bool:
    """Whether a pod is for Windows nodes, where most of the security context has no meaning."""
    named = spec.at("os", "name").text()
    selected = spec.at("nodeSelector", "kubernetes.io/os").text()
    return any(isinstance(fact, Known) and fact.value == "windows" for fact in (named, selected))


def privileged(container: Container) -> bool:
    """Whether a container certainly runs privileged."""
    fact = container.security("privileged").boolean()
    return isinstance(fact, Known) and fact.value


def node_agent(owner: KubernetesObject) -> bool:
    """Whether pods of this object do a node's work: drivers, device plugins, exporters."""
    return owner.kind == "DaemonSet"


# Kubernetes' own groups: there a container must have an image.
_OWN_GROUPS = ("", "apps", "batch")


def is_part(container: Container) -> bool:
    """Whether the rest of a container is written elsewhere, so that nothing is certainly absent.

    That holds for patches and templates, which name no image, and for a NIMService, which has no
    field for a security context: its operator sets it
    (NVIDIA/k8s-nim-operator:config/crd/bases/apps.nvidia.com_nimservices.yaml).
    """
    owner = container.owner
    patch = owner.group in _OWN_GROUPS and not container.body["image"].exists
    return patch or owner.kind == "NIMService"


def is_patch(pod: Pod) -> bool:
    """Whether a pod is only a part of one, as its containers tell."""
    return any(is_part(container) for container in pod.containers)


def may_be_root(container: Container) -> bool:
    """Whether nothing keeps a container from running as root: no user, and no refusal of root."""
    if container.security("runAsUser").integer() is not ABSENT:
        return False
    refused = container.security("runAsNonRoot").boolean()
    return refused is ABSENT or (isinstance(refused, Known) and not refused.value)


def pins_memory(pod: Pod) -> bool:
    """Whether a container of the pod adds IPC_LOCK, as GPUDirect RDMA and RoCE need it."""
    return any(
        item.text() == Known("IPC_LOCK", item.span)
        for container in pod.containers
        for item in container.body.at("securityContext", "capabilities", "add").items()
    )


def lacks_seccomp(container: Container) -> bool:
    """Whether neither a container nor its pod names a seccomp profile that would hold for it."""
    if privileged(container):
        return False
    profile = container.security("seccompProfile")
    return not profile.templated and profile["type"].text() is ABSENT
