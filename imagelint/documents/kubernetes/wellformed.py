"""What the API server refuses in an object because of its shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.complaints import (
    InvalidName,
    MalformedObject,
    MissingField,
    UnknownField,
)
from imagelint.documents.kubernetes.constraints.names import label_name, object_name
from imagelint.documents.kubernetes.constraints.rules import Held, constraints
from imagelint.documents.kubernetes.constraints.types import (
    Strictness,
    malformed,
    misfits,
    unknown_fields,
)
from imagelint.documents.kubernetes.identity import is_own
from imagelint.documents.kubernetes.pods.shapes import TEMPLATES, is_whole_container
from imagelint.documents.template import filled_in_error
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.kubernetes import kinds
from imagelint.knowledge.kubernetes.fields import defined_type, object_type, type_of
from imagelint.knowledge.kubernetes.operators import makes_pods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint
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
_NAMED_BY_DNS = frozenset(
    (
        *("ConfigMap", "HorizontalPodAutoscaler", "Ingress", "LimitRange", "NetworkPolicy"),
        *("PersistentVolume", "PersistentVolumeClaim", "PodDisruptionBudget", "PriorityClass"),
        *("ResourceQuota", "RuntimeClass", "Secret", "ServiceAccount", "StorageClass"),
    )
)
# The names of what they make are theirs with eleven characters behind, and labels of their pods.
# https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
_LONGEST_NAMES = {"CronJob": 52, "Job": 63}
# What holds all that an object does; it is not read where a template fills it.
_FILLED = ("kind", "spec", "template", "data", "stringData")
_MANIFEST = pattern(r"^[ \t]*(?:apiVersion|kind)[ \t]*:", re.MULTILINE)
_NAMED_BY_KSERVE = frozenset(f"spec.{part}.containers[0]" for part in ("predictor", "transformer"))
# With nothing more an object is named, to be deleted or waited for.
_BARE = frozenset(("apiVersion", "kind", "metadata"))
# Their content is a pattern, a schema or what somebody else has written.
_HOLD_ANYTHING = ("CustomResourceDefinition", "ControllerRevision", "AdmissionReview")


def malformed_parts(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[Complaint]:
    """What is not of the shape that the API server wants, each part once."""
    found: list[Complaint]
    if not is_own(obj):
        found = [*_metadata(obj), *_refused(obj, pods)]
        told = {one.subject for one in found}
        found += (one for one in _no_containers(pods) if one.subject not in told)
    else:
        found = [*_misfits(obj)]
        if obj.kind in TEMPLATES:
            found += _of_workload(obj)
        elif obj.kind not in _HOLD_ANYTHING:
            found += _misplaced(obj, ())
    yield from _once(found)


def _misfits(obj: KubernetesObject) -> Iterator[Complaint]:
    """What is no field of an object of Kubernetes, or of another type."""
    known = type_of(obj.api_version, obj.kind)
    if known is not None and obj.kind not in _HOLD_ANYTHING:
        strictness = Strictness.WHOLE if _is_complete(obj) else Strictness.FIELDS
        for place, form in obj.body.chosen(known.fields):
            # A patch finds its object by other means than its name, and is only a part of one.
            if place.key != "metadata" or not obj.incomplete:
                yield from misfits(place, form, strictness)
        yield from unknown_fields(obj.body, known)
        yield from constraints(Held(obj.body, known, strictness is Strictness.WHOLE))
        yield from _named(obj)
        return
    yield from _metadata(obj)
    if obj.kind in TEMPLATES:
        spec = obj.body.at(*TEMPLATES[obj.kind], "spec")
        yield from misfits(spec, object_type("core.v1.PodSpec"), Strictness.TYPES)


def _metadata(obj: KubernetesObject) -> Iterator[Complaint]:
    # Tools write their settings in the same form, with metadata of their own: `eksctl`.
    if not obj.incomplete:
        metadata = object_type("meta.v1.ObjectMeta")
        yield from misfits(obj.body["metadata"], metadata, Strictness.TYPES)


def _refused(obj: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[Complaint]:
    """What the definition of an operator refuses of an object; a patch names no images."""
    known = defined_type(obj.api_version, obj.kind)
    if known is None:
        return
    listed = (one for pod in pods for one in pod.spec["containers"].items())
    named = all(one["image"].exists for one in listed)
    whole = named and not obj.incomplete and not _BARE.issuperset(dict(obj.body.entries()))
    for one in misfits(obj.body, known, Strictness.WHOLE if whole else Strictness.FIELDS):
        if not (obj.kind == "InferenceService" and _is_named_by_kserve(one)):
            yield one


def _is_named_by_kserve(one: Complaint) -> bool:
    """Whether it is about the first container of a part, which lacks a name: KServe gives it one.

    kserve/kserve:pkg/apis/serving/v1beta1/predictor_custom.go, before its definition is asked.
    """
    return type(one) is MissingField and one.subject in _NAMED_BY_KSERVE


def _no_containers(pods: tuple[Pod, ...]) -> Iterator[MalformedObject]:
    """What stands among the containers of an operator's pods, and is none."""
    for lists in filter(None, map(_lists_of, pods)):
        for place in (lists["containers"], lists["initContainers"]):
            if isinstance(place.node, Scalar) and not (place.null or place.templated):
                yield malformed(place, "is no list of containers", "write `- name: …` below it")
            for item in place.items():
                if not isinstance(item.node, Mapping) and not item.templated:
                    yield malformed(item, "is no mapping, and so no container", "write `- name: …`")


def _lists_of(pod: Pod) -> Cursor | None:
    """Where the containers of a pod are listed; None of one that stands outside of any."""
    listed = pod.spec.parent
    if listed is not None and listed.key in _CONTAINER_LISTS:
        return listed.parent
    return pod.spec


def _is_complete(obj: KubernetesObject) -> bool:
    """Whether nothing completes an object: a patch names no image of its containers."""
    if obj.incomplete or obj.kind not in TEMPLATES:
        return not obj.incomplete
    path = (*TEMPLATES[obj.kind], "spec")
    containers = obj.body.at(*path, "containers").items()
    return bool(containers) and all(one["image"].exists for one in containers)


def _named(obj: KubernetesObject) -> Iterator[Complaint]:
    """Why an object cannot have its name."""
    name = obj.body.at("metadata", "name")
    if obj.kind in ("Namespace", "Service"):
        yield from label_name(name, f"a {obj.kind}")
    elif obj.kind in TEMPLATES or obj.kind in _NAMED_BY_DNS:
        yield from object_name(name, obj.kind)
    else:
        return
    longest = _LONGEST_NAMES.get(obj.kind, 0)
    if longest and len(obj.name) > longest and not name.templated:
        message = f"the name of a {obj.kind} has at most {longest} characters"
        yield InvalidName(name.span, name.path, message, f"write at most {longest} characters")
    elsewhere = obj.body.at("metadata", "generateName").exists
    if _is_complete(obj) and obj.kind != "Pod" and not name.exists and not elsewhere:
        place = obj.body["metadata"]
        message, help_ = f"the {obj.kind} has no name", "write `metadata: {name: …}`"
        yield MissingField(place.key_span, place.path, message, help_)


def _once(found: list[Complaint]) -> Iterator[Complaint]:
    """Each once: a field in which containers are misplaced is not told to be unknown as well."""
    placed = [one.subject for one in found if type(one) is MalformedObject]
    for one in dict.fromkeys(found):
        at = one.subject
        inside = any(path == at or path.startswith((f"{at}.", f"{at}[")) for path in placed)
        if type(one) is not UnknownField or not inside:
            yield one


def unread_workload(obj: KubernetesObject) -> Iterator[DocumentError]:
    """Why nothing is read of an object whose operator makes pods of what is no pod."""
    if not obj.incomplete and makes_pods(obj.group, obj.kind):
        message = f"the pods of this {obj.kind} are made by its operator: they are not examined"
        help_ = "check the Deployment or StatefulSet that it makes: `kubectl get … -o yaml`"
        yield DocumentError(ProblemKind.UNREADABLE, message, obj.span, help_)
    elif obj.group and not is_own(obj) and _looks_run(obj):
        message = f"this {obj.kind} seems to run a container or a model, and was not examined"
        help_ = f"nobody knows what the operator of {obj.group} makes of it: check what it makes"
        yield DocumentError(ProblemKind.UNREADABLE, message, obj.span, help_)


def _looks_run(obj: KubernetesObject) -> bool:
    from imagelint.documents.kubernetes.operators.unknownworkloads import looks_run

    return looks_run(obj)


_OF_POLICIES = ("kyverno.io", "admissionregistration.k8s.io")
_RELEASE = "helm.sh/release.v1"


def unread_parts(obj: KubernetesObject) -> Iterator[DocumentError]:
    """Why parts of an object are not read: templates and texts of which it is made later."""
    yield from _unread_templates(obj)
    yield from _unread_manifests(obj)
    if obj.group.endswith(_OF_POLICIES):
        from imagelint.documents.kubernetes.operators.policies import unread_contributions

        yield from unread_contributions(obj)


def _unread_templates(obj: KubernetesObject) -> Iterator[DocumentError]:
    """What a template fills in where what is run would stand, or what kind that is."""
    held = obj.body
    places = [held[key] for key in _FILLED]
    for key in (*TEMPLATES.get(obj.kind, ()), "spec"):
        held = held[key]
        places.append(held)
    for key in _CONTAINER_LISTS:
        places += (held[key], *held[key].items())
    for place in dict.fromkeys(one.span for one in places if one.templated):
        yield filled_in_error(place)


def _unread_manifests(obj: KubernetesObject) -> Iterator[DocumentError]:
    """Why manifests are not read that are texts in an object: what a workflow of Argo creates.

    https://argo-workflows.readthedocs.io/en/latest/walk-through/kubernetes-resources/
    Or what Helm installed, as it is stored in the cluster: helm/helm:pkg/storage/driver/secrets.go.
    """
    stored = obj.body.at("data", "release")
    if obj.body["type"].word() == _RELEASE and stored.exists:
        message = "what this release of Helm holds is not examined"
        help_ = "check what `helm get manifest` prints"
        yield DocumentError(ProblemKind.UNREADABLE, message, stored.key_span, help_)
    pending = [] if is_own(obj) else [obj.body["spec"]]
    while pending:
        place = pending.pop()
        held = place["manifest"]
        if isinstance(held.node, Scalar) and _MANIFEST.search(held.node.text):
            message = "a manifest that is written as a text is not examined"
            help_ = "keep it in a file of its own, and check that"
            yield DocumentError(ProblemKind.UNREADABLE, message, held.span, help_)
        pending += place.branches()


def malformed_list(body: Cursor) -> Iterator[MalformedObject]:
    """What is no object among the items of a `List`, or of a `PodList`."""
    items, kind = body["items"], body["kind"].word()
    single = kind.removesuffix("List")
    listed = kind == "List" or (single != kind and kinds.served(single))
    if listed and not items.exists:
        yield from _listed_elsewhere(body)
    if not listed or not items.exists or items.null or items.templated:
        return
    if not isinstance(items.node, Sequence):
        yield malformed(items, "is not a list", "begin each object with `- `")
    for item in items.items():
        told = item["kind"].exists or item["apiVersion"].exists
        told = told or (bool(single) and isinstance(item.node, Mapping))
        if not (told or item.templated):
            yield malformed(item, "is no object", "write its `apiVersion` and `kind`")


def _listed_elsewhere(body: Cursor) -> Iterator[MalformedObject]:
    """Objects under another name than that of the items."""
    for _, place in body.entries():
        if any(item["kind"].exists or item["apiVersion"].exists for item in place.items()):
            yield malformed(place, "is not read by anybody", "name it `items`")


def _of_workload(obj: KubernetesObject) -> Iterator[MalformedObject]:
    """What is wrong on the way to a workload's containers, and in its pods."""
    path = (*TEMPLATES[obj.kind], "spec")
    misplaced = tuple(_misplaced(obj, path))
    yield from misplaced
    place = obj.body
    for key in path:
        place = place[key]
        if place.null:
            yield malformed(place, "is empty", "indent what belongs to it deeper than its key")
            return
        if not place.exists:
            if not misplaced and _is_whole(obj):
                yield _absent(place)
            return
        if not isinstance(place.node, Mapping):
            return
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
    return malformed(
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
    return listed or (is_whole_container(place.node) and _is_structured(place.node))


def _is_structured(node: YamlNode | None) -> bool:
    """Whether more than words stand in a mapping: labels and data have whatever keys they like."""
    return isinstance(node, Mapping) and any(
        not isinstance(entry.value, Scalar) for entry in node.entries
    )


def _holds_mappings(node: YamlNode | None) -> bool:
    if isinstance(node, Sequence):
        return any(isinstance(item, Mapping) for item in node.items)
    return isinstance(node, Mapping) and bool(node.entries)


def _no_place(obj: KubernetesObject, place: Cursor, path: tuple[str, ...]) -> MalformedObject:
    if not path:
        return malformed(place, f"is a container, and a {obj.kind} holds none", "move it to a pod")
    if place.parent is not None and isinstance(place.parent.node, Sequence):
        place = place.parent
    right = ".".join((*path, "containers"))
    return malformed(place, f"is no place for containers of a {obj.kind}", f"write `{right}`")
