"""What a pod demands of the labels of its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.runtime.model import NodeLabel
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.yaml.cursor import Cursor


def node_labels(spec: Cursor) -> Iterator[NodeLabel]:
    """The labels that a pod demands, in source order of each kind."""
    selector = spec["nodeSelector"]
    for key, place in selector.entries() if isinstance(selector.node, Mapping) else ():
        yield _label(key, [place], -1)
    for number, term in enumerate(_terms(spec)):
        for expression in term["matchExpressions"].items():
            if expression["operator"].word() == "In":
                yield _label(expression["key"].word(), expression["values"].items(), number)


def alternatives(spec: Cursor) -> int:
    """How many alternatives the node affinity of a pod has, of which one must be met."""
    return len(_terms(spec))


def _terms(spec: Cursor) -> list[Cursor]:
    required = spec.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return list(required["nodeSelectorTerms"].items())


def _label(key: str, places: Iterable[Cursor], term: int) -> NodeLabel:
    texts = [(place.text(), place) for place in places]
    known = tuple((fact.value, place) for fact, place in texts if isinstance(fact, Known))
    return NodeLabel(key, known, term, len(known) == len(texts))
