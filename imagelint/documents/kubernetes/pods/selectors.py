"""What a pod demands of the labels of its nodes, and of the pods beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.runtime.field import Place
from imagelint.documents.runtime.model import NodeLabel
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.yaml.cursor import Cursor

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def node_labels(spec: Cursor) -> Iterator[NodeLabel]:
    """The labels that a pod demands, in source order of each kind."""
    selector = spec["nodeSelector"]
    for key, place in selector.entries() if isinstance(selector.node, Mapping) else ():
        yield _label(Place(place.key_span, place.path), key, [place], -1)
    for number, term in enumerate(_terms(spec)):
        for expression in term["matchExpressions"].items():
            if expression["operator"].word() == "In":
                word = expression["key"]
                yield _label(word, word.word(), expression["values"].items(), number)


def alternatives(spec: Cursor) -> int:
    """How many alternatives the node affinity of a pod has, of which one must be met."""
    return len(_terms(spec))


def _terms(spec: Cursor) -> list[Cursor]:
    required = spec.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return list(required["nodeSelectorTerms"].items())


def _label(at: Node, key: str, places: Iterable[Cursor], term: int) -> NodeLabel:
    texts = [(place.text(), place) for place in places]
    known = tuple((fact.value, place) for fact, place in texts if isinstance(fact, Known))
    return NodeLabel(key, known, term, len(known) == len(texts), at)


def is_spread(pod: Pod) -> bool:
    """Whether some constraint, or some anti-affinity, may be about pods like this one.

    What has no `labelSelector` is about no pod at all.
    https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """
    constraints = pod.spec["topologySpreadConstraints"]
    apart = pod.spec.at("affinity", "podAntiAffinity")
    if not (constraints.exists or apart.exists):
        return False
    selectors = [*_selectors(constraints, apart)]
    if not selectors or not pod.settled:
        return True
    return any(_may_select(place, pod) for place in selectors)


def _selectors(constraints: Cursor, apart: Cursor) -> Iterator[Cursor]:
    yield from (one["labelSelector"] for one in constraints.items())
    yield from (one["labelSelector"] for one in apart[_REQUIRED].items())
    yield from (one.at("podAffinityTerm", "labelSelector") for one in apart[_PREFERRED].items())


def _may_select(place: Cursor, pod: Pod) -> bool:
    if not place.exists or place.null:
        return place.parent is not None and place.parent.templated
    from imagelint.documents.kubernetes.wiring.selectors import label_selector

    selector = label_selector(place)
    return not selector.known or selector.matches(pod.labels)
