"""The parts of pods that patches hold, read as pods of which nothing is certainly absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.kubernetes.pods.reader import read_pods
from imagelint.documents.kubernetes.reading import read_object
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence
from imagelint.knowledge.kubernetes.kinds import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.kustomize.model import Operation, Patch
    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.yaml.nodes import YamlNode

# A JSON patch does not say what it is for; where pods stand in an object does.
_GUESSES = (
    (("spec", "jobTemplate"), "CronJob"),
    (("spec", "template"), "Deployment"),
    (("spec", "containers"), "Pod"),
    (("spec", "initContainers"), "Pod"),
    (("spec", "securityContext"), "Pod"),
)
_SETTING = ("add", "replace")


def patched_pods(patch: Patch) -> Iterator[Pod]:
    """What a patch that is written in its kustomization says of pods."""
    kind = patch.target.kind if patch.target else ""
    for body in patch.bodies:
        yield from read_pods(_object(body, body["kind"].word() or kind))
    yield from operated_pods(patch.operations, kind)


def operated_pods(operations: tuple[Operation, ...], kind: str = "") -> Iterator[Pod]:
    """What the operations of a JSON patch say of pods, one pod for each."""
    for operation in operations:
        if operation.name in _SETTING and operation.value.node is not None:
            named = kind or _guess(operation.keys)
            yield from read_pods(_object(Cursor(_tree(operation)), named))


def _object(body: Cursor, kind: str) -> KubernetesObject:
    known = served(kind)
    obj = read_object(body, kind, known[0].api if known else "")
    return obj._replace(kind=kind, incomplete=True)


def _guess(keys: tuple[str, ...]) -> str:
    return next((kind for start, kind in _GUESSES if keys[: len(start)] == start), "")


def _tree(operation: Operation) -> YamlNode:
    """The value of an operation below the keys of its path; a list holds nothing else."""
    node = operation.value.node or Scalar(operation.span, None, "", plain=True)
    at = operation.value.key_span
    for key in reversed(operation.keys):
        if key == "-" or key.isdecimal():
            node = Sequence(node.span, (_named(node, key),))
        else:
            node = Mapping(node.span, (Entry(Scalar(at, key, key, plain=True), node),))
    return node


def _named(node: YamlNode, index: str) -> YamlNode:
    """An item of a list; a container has no name there but its place."""
    if not isinstance(node, Mapping) or node.get("name") is not None:
        return node
    at = Span(node.span.start, node.span.start)
    name = Entry(Scalar(at, "name", "", plain=True), Scalar(at, index, "", plain=True))
    return Mapping(node.span, (*node.entries, name))
