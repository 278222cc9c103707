"""What the API server refuses in an object because of its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.booleans import GO_YAML
from imagelint.documents.complaints import MalformedObject
from imagelint.documents.kubernetes.forms import DATA, METADATA, POD_SPEC
from imagelint.documents.kubernetes.identity import is_own
from imagelint.documents.kubernetes.pods.shapes import TEMPLATES, is_whole_container
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.kubernetes import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.forms import Form
    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.yaml.nodes import YamlNode

_CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")
# Fields that a patch has no reason to repeat: what has one is the whole object.
_WHOLE_BY = {
    "Deployment": "selector",
    "StatefulSet": "selector",
    "DaemonSet": "selector",
    "ReplicaSet": "selector",
    "CronJob": "schedule",
}
# Resources that name a model, and no container: kubeai-project/kubeai:api/k8s/v1/model_types.go,
# kaito-project/kaito:api/v1beta1.
_MODELS = frozenset((("kubeai.org", "Model"), ("kaito.sh", "Workspace"), ("kaito.sh", "RAGEngine")))
_WANTED = {
    "string": "a string: put quotes around it",
    "number": "a whole number, without quotes",
    "truth": "`true` or `false`, without quotes",
    "mapping": "`key: value` below it",
}
# Their content is a pattern, a schema or what somebody else has written.
_HOLD_ANYTHING = ("CustomResourceDefinition", "ControllerRevision", "AdmissionReview")


def malformed_parts(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[MalformedObject]:
    """What is not of the shape that the API server wants, each part once."""
    # A patch finds its object by other means than its name, and is only a part of one.
    found = [] if obj.incomplete else [*_mistyped(obj.body["metadata"], METADATA)]
    if is_own(obj):
        spec = obj.body["spec"]
        if spec.exists and not spec.null:
            found += _mistyped(spec, "mapping")
        if obj.kind in ("ConfigMap", "Secret"):
            found += _mistyped(obj.body, DATA)
        if obj.kind in TEMPLATES:
            found += _of_workload(obj)
        elif obj.kind not in _HOLD_ANYTHING:
            found += _misplaced(obj, ())
    else:
        found += (
            _complaint(item, "is no mapping, and so no container", "write `- name: …`")
            for pod in pods
            for item in pod.spec["containers"].items()
            if not isinstance(item.node, Mapping) and not item.templated
        )
    yield from dict.fromkeys(found)


def unread_workload(obj: KubernetesObject) -> Iterator[DocumentError]:
    """Why nothing is read of an object whose operator makes pods of what is no pod."""
    if (obj.group, obj.kind) in _MODELS:
        message = f"the pods of this {obj.kind} are made by its operator: they are not examined"
        help_ = "check the Deployment or StatefulSet that it makes: `kubectl get … -o yaml`"
        yield DocumentError(ProblemKind.UNREADABLE, message, obj.span, help_)


def malformed_list(body: Cursor) -> Iterator[MalformedObject]:
    """What is no object among the items of a `List`, or of a `PodList`."""
    items, kind = body["items"], body["kind"].word()
    single = kind.removesuffix("List")
    listed = kind == "List" or (single != kind and kinds.served(single))
    if not listed or not items.exists or items.null or items.templated:
        return
    if not isinstance(items.node, Sequence):
        yield _complaint(items, "is not a list", "begin each object with `- `")
    for item in items.items():
        told = item["kind"].exists or item["apiVersion"].exists
        told = told or (bool(single) and isinstance(item.node, Mapping))
        if not (told or item.templated):
            yield _complaint(item, "is no object", "write its `apiVersion` and `kind`")


def _of_workload(obj: KubernetesObject) -> Iterator[MalformedObject]:
    """What is wrong on the way to a workload's containers, and in its pods."""
    path = (*TEMPLATES[obj.kind], "spec")
    misplaced = tuple(_misplaced(obj, path))
    yield from misplaced
    place = obj.body
    for key in path:
        place = place[key]
        if place.null:
            yield _complaint(place, "is empty", "indent what belongs to it deeper than its key")
            return
        if not place.exists:
            if not misplaced and _is_whole(obj):
                yield _absent(place)
            return
        if not isinstance(place.node, Mapping):
            yield from _mistyped(place, "mapping")
            return
    template = obj.body.at(*TEMPLATES[obj.kind])
    if template.node is not obj.body.node:
        yield from _mistyped(template["metadata"], METADATA)
    yield from _mistyped(place, POD_SPEC)
    yield from _without_containers(obj, place["containers"], misplaced)


def _without_containers(
    obj: KubernetesObject, place: Cursor, misplaced: tuple[MalformedObject, ...]
) -> Iterator[MalformedObject]:
    empty = place.null or (isinstance(place.node, Sequence) and not place.node.items)
    # Spark and others have templates of kind Pod, to which they add the containers.
    whole = obj.kind != "Pod" and _is_whole(obj)
    if empty or (not place.exists and not misplaced and whole):
        yield _absent(place)


def _is_whole(obj: KubernetesObject) -> bool:
    """Whether an object must be all of it, and not a patch of one that stands elsewhere."""
    if obj.kind == "Pod" or obj.incomplete:
        return not obj.incomplete
    return obj.kind in _WHOLE_BY and obj.body.at("spec", _WHOLE_BY[obj.kind]).exists


def _absent(place: Cursor) -> MalformedObject:
    what = "holds nothing" if place.exists else "is missing"
    return _complaint(
        place, what, "write its `containers:`, without which the API server refuses a pod"
    )


def _misplaced(obj: KubernetesObject, path: tuple[str, ...]) -> Iterator[MalformedObject]:
    """The first containers that stand where the kind has none: a key renamed, an indent lost."""
    pod = obj.body.at(*path) if path else Cursor(None)
    pending = [obj.body]
    while pending:
        place = pending.pop()
        inside = place.branches()
        if place.node is pod.node and pod.exists:
            inside = [inner for inner in inside if inner.key not in _CONTAINER_LISTS]
            inside += [
                deeper
                for key in _CONTAINER_LISTS
                for container in place[key].items()
                for deeper in container.branches()
                if isinstance(container.node, Mapping)
            ]
        elif _looks_misplaced(place):
            yield _no_place(obj, place, path)
            return
        pending += reversed([inner for inner in inside if inner.key != "status"])


def _looks_misplaced(place: Cursor) -> bool:
    listed = place.key in _CONTAINER_LISTS and _holds_mappings(place.node)
    return listed or is_whole_container(place.node)


def _holds_mappings(node: YamlNode | None) -> bool:
    if isinstance(node, Sequence):
        return any(isinstance(item, Mapping) for item in node.items)
    return isinstance(node, Mapping) and bool(node.entries)


def _no_place(obj: KubernetesObject, place: Cursor, path: tuple[str, ...]) -> MalformedObject:
    if not path:
        return _complaint(place, f"is a container, and a {obj.kind} holds none", "move it to a pod")
    if place.parent is not None and isinstance(place.parent.node, Sequence):
        place = place.parent
    right = ".".join((*path, "containers"))
    return _complaint(place, f"is no place for containers of a {obj.kind}", f"write `{right}`")


def _mistyped(root: Cursor, form: Form) -> Iterator[MalformedObject]:
    """The places under one that are of another type than their form."""
    pending: list[tuple[Cursor, Form]] = [(root, form)]
    while pending:
        place, wanted = pending.pop()
        node = place.node
        if node is None or place.null or place.templated:
            continue
        if isinstance(wanted, str):
            if not _is_of(node, wanted):
                what = "is not a mapping" if wanted == "mapping" else "is of the wrong type"
                yield _complaint(place, what, f"write {_WANTED[wanted]}")
        elif isinstance(wanted, tuple):
            yield from _items(place, wanted[0], pending)
        elif isinstance(node, Mapping):
            pending += reversed(place.chosen(wanted))
        else:
            yield _complaint(place, "is not a mapping", "write `<key>: <value>` below it")


def _items(
    place: Cursor, wanted: Form, pending: list[tuple[Cursor, Form]]
) -> Iterator[MalformedObject]:
    if not isinstance(place.node, Sequence):
        yield _complaint(place, "is not a list", "begin each item with `- `")
        return
    for item in reversed(place.items()):
        if item.null and not isinstance(wanted, str):
            yield _complaint(item, "is an empty item", "drop it")
        pending.append((item, wanted))


def _is_of(node: YamlNode, wanted: str) -> bool:
    if wanted == "mapping":
        return isinstance(node, Mapping)
    if not isinstance(node, Scalar):
        return False
    # https://github.com/kubernetes-sigs/yaml
    boolean = isinstance(node.value, bool) or (node.plain and node.raw in GO_YAML)
    if wanted == "truth":
        return boolean
    if wanted == "number":
        return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    return isinstance(node.value, str) and not boolean


def _complaint(place: Cursor, what: str, help_: str) -> MalformedObject:
    path = place.path or "the object"
    whole = place.null or isinstance(place.node, (Mapping, Sequence))
    span = place.key_span if whole else place.span
    return MalformedObject(span, path, f"`{path}` {what}", help_)
