"""Questions about how much a pod may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known

if TYPE_CHECKING:
    from imagelint.documents.cursor import Cursor
    from imagelint.documents.kubernetes.objects import Container, KubernetesObject


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
