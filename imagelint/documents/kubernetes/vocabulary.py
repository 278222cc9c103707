"""The words in an object that its fields do not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact
from imagelint.documents.booleans import GO_YAML
from imagelint.documents.kubernetes.identity import is_own
from imagelint.documents.yaml.enumerated import unknown_values
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.shared import UnknownValue
    from imagelint.documents.yaml.cursor import Cursor


def unknown_words(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[UnknownValue]:
    """The words in an object and its pods that their fields do not take, each once."""
    kind = obj.kind if is_own(obj) else f"{obj.kind}.{obj.group}"
    found = [*unknown_values(obj.body, kind, _word)]
    for pod in pods:
        found += unknown_values(pod.spec, "PodSpec", _word)
    yield from {value.span: value for value in reversed(found)}.values()


def _word(place: Cursor) -> Fact[str]:
    """The string at a place: what is of another type is refused for that."""
    node = place.node
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return UNKNOWN
    return UNKNOWN if node.plain and node.raw in GO_YAML else place.text()
