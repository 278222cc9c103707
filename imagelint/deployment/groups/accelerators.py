"""Accelerators that the models of a Ray cluster ask for by name, and those of its nodes.

A node tells the cluster of `accelerator_type:NAME`, as its driver calls the GPU, and a model that
names another one waits for such a node.
https://docs.ray.io/en/latest/ray-core/accelerator-types.html, read in November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.deployment.groups.podgroups import is_head
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.pods.applications import read_applications
from imagelint.documents.yaml.cursor import Cursor
from imagelint.knowledge.gpus import gpu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Node

_TYPE = "accelerator_type"


class UnmetAccelerator(NamedTuple):
    """An accelerator that a model asks for, and those that the nodes have, in order."""

    place: Node
    name: str
    there: tuple[str, ...]


def unmet_accelerators(head: Pod, document: Document) -> Iterator[UnmetAccelerator]:
    """The accelerators that no node of a cluster has; none where those of some are not known.

    Told of the cluster's head, for the applications of its object.
    """
    root = read_applications(head.owner) if is_head(head) else None
    if root is None:
        return
    there = _accelerators(document.derived(_by_owner)[head.owner.span])
    for application in Cursor(root)["applications"].items() if there else ():
        arguments = application["args"]
        for config in (*arguments["llm_configs"].items(), arguments["llm_config"]):
            place = config[_TYPE]
            name = place.word()
            wanted = _plain(name)
            if wanted and wanted not in there:
                yield UnmetAccelerator(place, name, tuple(sorted(there)))


def _by_owner(document: Document) -> dict[Span, list[Pod]]:
    found: dict[Span, list[Pod]] = {}
    for pod in document.nodes_of(Pod):
        found.setdefault(pod.owner.span, []).append(pod)
    return found


def _accelerators(pods: list[Pod]) -> frozenset[str]:
    """The accelerators of the nodes of all pods that ask for some; empty where one is unknown."""
    found = set()
    for pod in pods:
        template = pod.spec.parent
        group = template.parent if template is not None else None
        if group is not None and _TYPE in group.at("rayStartParams", "resources").word():
            return frozenset()
        for container in pod.containers:
            runtime = container.runtime
            if isinstance(runtime.gpus, Known):
                product = runtime.gpu_product
                found.add(_plain(product.value) if isinstance(product, Known) else "")
    return frozenset() if "" in found else frozenset(found)


def _plain(name: str) -> str:
    """A GPU as Ray calls it, without the size of its memory; empty where nobody knows it."""
    known = gpu(name)
    return known.name.split()[0] if known is not None else ""
