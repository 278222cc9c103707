"""The applications that KubeRay has run in the pods of a RayService, and in which container.

https://docs.ray.io/en/latest/cluster/kubernetes/user-guides/rayservice.html (`serveConfigV2` is a
text of YAML), read in November 2026.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.yaml.nodes import Mapping, Scalar, YamlNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import DocumentError
    from imagelint.documents.kubernetes.objects import Container, KubernetesObject, Pod
    from imagelint.documents.yaml.cursor import Cursor

_FIELD = "serveConfigV2"


class Applications(NamedTuple):
    """A configuration of Ray Serve, and the container in whose place it is judged.

    `gpus` are those that all pods of the cluster have together, at most.
    """

    tree: YamlNode
    container: Container
    gpus: Fact[int]


def applications_of(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Applications | None:
    """What is run in the pods of an object: in the first container that has accelerators.

    Without one, in the first of all.
    """
    tree = read_applications(obj)
    containers = [one for pod in pods for one in pod.containers if one.serves]
    if tree is None or not containers:
        return None
    equipped = (one for one in containers if isinstance(one.runtime.gpus, Known))
    return Applications(tree, next(equipped, containers[0]), _most_gpus(containers))


def read_applications(obj: KubernetesObject) -> YamlNode | None:
    """The configuration of Ray Serve in an object; None where it cannot be read."""
    return _tree(_place(obj))


def _most_gpus(containers: list[Container]) -> Fact[int]:
    total = 0
    for container in containers:
        gpus, pods = container.runtime.gpus, _most_pods(container.body)
        if gpus is ABSENT:
            continue
        if not isinstance(gpus, Known) or gpus.value.shared or not isinstance(pods, Known):
            return UNKNOWN
        each = gpus.value.quantity
        if not isinstance(each, Known):
            return UNKNOWN
        total += math.ceil(each.value) * pods.value
    return Known(total)


def _group(place: Cursor) -> Cursor | None:
    """The group of pods that a container is of."""
    around: Cursor | None = place
    while around is not None:
        above = around.parent
        if around.key == "headGroupSpec" or (above and above.key == "workerGroupSpecs"):
            return around
        around = above
    return None


def _most_pods(place: Cursor) -> Fact[int]:
    """How many pods of a group there may be: one head, and workers up to a limit.

    Where no limit is written there is none, unless nobody scales them.
    ray-project/kuberay:ray-operator/apis/ray/v1/raycluster_types.go (WorkerGroupSpec)
    """
    group = _group(place)
    if group is None:
        return UNKNOWN
    if group.key == "headGroupSpec":
        return Known(1)
    hosts = group["numOfHosts"].integer() if group["numOfHosts"].exists else Known(1)
    limits = [group[name] for name in ("replicas", "maxReplicas") if group[name].exists]
    counts = [one.integer() for one in limits]
    known = [one.value for one in counts if isinstance(one, Known)]
    if not known or len(known) < len(counts) or not isinstance(hosts, Known):
        return UNKNOWN
    cluster = group.parent.parent if group.parent is not None else None
    scaled = cluster is None or cluster["enableInTreeAutoscaling"].exists
    if scaled and not group["maxReplicas"].exists:
        return UNKNOWN
    return Known(max(known) * hosts.value)


def unread_applications(obj: KubernetesObject) -> Iterator[DocumentError]:
    """A configuration that is no YAML, or no mapping: of what it runs nothing is known."""
    place = _place(obj)
    if not isinstance(place.text(), Known) or _tree(place) is not None:
        return
    from imagelint.documents.base import DocumentError

    message = f"`{_FIELD}` is no mapping in YAML: the applications in it are not examined"
    yield DocumentError(ProblemKind.UNPARSABLE, message, place.key_span)


def _place(obj: KubernetesObject) -> Cursor:
    return obj.body.at("spec", _FIELD)


def _tree(place: Cursor) -> Mapping | None:
    if not isinstance(place.node, Scalar) or place.null:
        return None
    from imagelint.documents.serving.configfiles import read_config
    from imagelint.documents.yaml.text import map_scalar

    tree = read_config(map_scalar(place.node))
    return tree if isinstance(tree, Mapping) else None
