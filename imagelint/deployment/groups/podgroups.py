"""Pods that form one server together: a head with workers, a leader with those that follow it.

ray-project/kuberay:ray-operator/controllers/ray/common/pod.go, service.go;
kubernetes-sigs/lws:api/leaderworkerset/v1/leaderworkerset_types.go, read in November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Place
from imagelint.documents.yaml.nodes import Sequence
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import engine_of_image
from imagelint.knowledge.versions import compare_versions, engine_version

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.yaml.cursor import Cursor

_PYTHON = pattern(r"(?:^|-)py3(\d+)(?:-|$)")
_HEAD, _WORKERS = "headGroupSpec", "workerGroupSpecs"
_LEADERS = ((f".{_WORKERS}", f".{_HEAD}"), (".workerTemplate", ".leaderTemplate"))
_SERVICE = "RayService"
_CLUSTERS = frozenset((_SERVICE, "RayCluster", "RayJob"))
_SERVING = "serve"


class ToldNumber(NamedTuple):
    """A number that is told, and the place where it is."""

    place: Place
    number: int


class ToldRelease(NamedTuple):
    """A release that is told, how the field is called, and the place where it is."""

    place: Place
    field: str
    release: str


def main_container(pod: Pod) -> Container | None:
    """The container that the program of the group runs in: the first that is no init container."""
    return next((one for one in pod.containers if one.role == "container"), None)


def leader_of(document: Document, pod: Pod) -> Pod | None:
    """The head or leader of a pod's group, where another template makes it; None of itself."""
    for follows, leads in _LEADERS:
        before, found, _ = pod.path.partition(follows)
        if found:
            return document.derived(_leaders).get((pod.owner.span, f"{before}{leads}"))
    return None


def _leaders(document: Document) -> dict[tuple[Span, str], Pod]:
    """The heads and leaders by their objects and paths: a cluster may have thousands of groups."""
    found: dict[tuple[Span, str], Pod] = {}
    for pod in document.nodes_of(Pod):
        for _, leads in _LEADERS:
            before, marked, _ = pod.path.partition(leads)
            if marked:
                found.setdefault((pod.owner.span, f"{before}{leads}"), pod)
    return found


class Running(NamedTuple):
    """The release of an engine that a container runs, and the Python, empty where it is not said.

    `engine` is the engine's name in our tables, `title` what people call it.
    """

    engine: str
    title: str
    release: str
    python: str

    def apart(self, other: Running) -> tuple[str, str] | None:
        """What the two run, in words, where it is not the same release of one engine."""
        if self.engine != other.engine:
            return None
        if compare_versions(self.release, other.release) not in (0, None):
            return f"{self.title} {self.release}", other.release
        if self.python and other.python and self.python != other.python:
            return f"{self.title} with Python {self.python}", f"with Python {other.python}"
        return None


def running(container: Container | None) -> Running | None:
    """What a container runs, by the tag of its image."""
    use = container.image if container is not None else None
    if use is None or not isinstance(use.reference, Known):
        return None
    image = use.reference.value
    name = engine_of_image(image)
    version = engine_version(name, image) if name else None
    if not isinstance(version, Known):
        return None
    python = _PYTHON.search(image.tag or "")
    return Running(name, engine(name).title, version.value, f"3.{python[1]}" if python else "")


def is_head(pod: Pod) -> bool:
    """Whether a pod is the head of a cluster."""
    group = _cluster_group(pod)
    return group is not None and group.key == _HEAD


def advertised_gpus(pod: Pod) -> ToldNumber | None:
    """The GPUs that a node of a cluster is told to have; None where it counts them itself."""
    group = _cluster_group(pod)
    place = group.at("rayStartParams", "num-gpus") if group is not None else None
    number = parse_count(place.word()) if place is not None else None
    return None if place is None or number is None else ToldNumber(_at(place), number)


def told_release(pod: Pod, runs: Running) -> ToldRelease | None:
    """The release that a cluster says of its head, where it is one of what the head runs."""
    group = _cluster_group(pod)
    cluster = group.parent if group is not None and group.key == _HEAD else None
    place = cluster["rayVersion"] if cluster is not None else None
    text = place.text() if place is not None else None
    if place is None or place.key != f"{runs.engine}Version":
        return None
    if not isinstance(text, Known) or not text.value:
        return None
    return ToldRelease(_at(place), place.key, text.value)


def unserved_ports(pod: Pod) -> Place | None:
    """The ports of the head of a service of which none is called as the one that requests come to.

    None where one is, where the service is described by itself, and where it is not known.
    """
    group, container = _cluster_group(pod), main_container(pod)
    if group is None or group.key != _HEAD or container is None or pod.owner.kind != _SERVICE:
        return None
    ports = container.body["ports"]
    spec = pod.owner.body["spec"]
    told = (spec["serveService"], spec.at("upgradeStrategy", "clusterUpgradeOptions"))
    if any(place.exists for place in told) or not isinstance(ports.node, Sequence):
        return None
    named = [port["name"] for port in ports.items()]
    served = any(_may_serve(name) for name in named) or len(named) < len(ports.node.items)
    if served or not named or pod.owner.incomplete:
        return None
    return Place(ports.key_span, ports.path)


def _may_serve(name: Cursor) -> bool:
    """Whether a port is called as those that requests come to, as far as that is known."""
    word = name.text()
    if not isinstance(word, Known):
        return bool(name.exists)
    said: str = word.value
    return said == _SERVING or said.startswith(f"{_SERVING}-")


def _cluster_group(pod: Pod) -> Cursor | None:
    """What says how the pods of a cluster's group are started."""
    template = pod.spec.parent
    group = template.parent if template is not None else None
    if pod.owner.kind not in _CLUSTERS or group is None:
        return None
    above = group.parent
    return group if group.key == _HEAD or (above and above.key == _WORKERS) else None


def _at(place: Cursor) -> Place:
    return Place(place.span, place.path)
