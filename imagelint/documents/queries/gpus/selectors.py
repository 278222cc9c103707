"""What a pod demands of the labels of its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.yaml.cursor import Cursor


class NodeLabel(NamedTuple):
    """A label that nodes must have, with the values that it may have, each at its place.

    `term` is the alternative of the node affinity in which it stands, -1 for the node selector,
    which holds beside every alternative. `complete` is false where not all values are known.
    """

    key: str
    values: tuple[tuple[str, Cursor], ...]
    term: int
    complete: bool


def node_labels(pod: Pod) -> Iterator[NodeLabel]:
    """The labels that a pod demands, in source order of each kind."""
    selector = pod.spec["nodeSelector"]
    for key, place in selector.entries() if isinstance(selector.node, Mapping) else ():
        yield _label(key, [place], -1)
    for number, term in enumerate(_terms(pod)):
        for expression in term["matchExpressions"].items():
            if expression["operator"].word() == "In":
                yield _label(expression["key"].word(), expression["values"].items(), number)


def alternatives(pod: Pod) -> int:
    """How many alternatives the node affinity of a pod has, of which one must be met."""
    return len(_terms(pod))


def _terms(pod: Pod) -> list[Cursor]:
    required = pod.spec.at(
        "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"
    )
    return list(required["nodeSelectorTerms"].items())


def _label(key: str, places: Iterable[Cursor], term: int) -> NodeLabel:
    texts = [(place.text(), place) for place in places]
    known = tuple((fact.value, place) for fact, place in texts if isinstance(fact, Known))
    return NodeLabel(key, known, term, len(known) == len(texts))
