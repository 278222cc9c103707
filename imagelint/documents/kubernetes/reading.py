"""The objects that stand at a place, those of lists one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.complaints import ObjectWithoutKind
from imagelint.documents.kubernetes.identity import meant_kind
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.yaml.nodes import YamlNode


_REVIEW = "AdmissionReview"


def read_objects(body: Cursor) -> Iterator[KubernetesObject]:
    """The object at a place, or those of the list that it is.

    Items of a `DeploymentList` need not say that they are Deployments. What has `items` is a list
    to kubectl, whatever it calls itself. What a webhook is asked about holds an object, too.
    https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/unstructured/helpers.go
    """
    pending = [(body, "", "")]
    while pending:
        place, kind, version = pending.pop()
        kind = place["kind"].word() or kind
        version = place["apiVersion"].word() or version
        if kind == "List" or _has_items(place, kind):
            single = kind.removesuffix("List")
            told = (single, version) if single else ("", "")
            pending += [(item, *told) for item in reversed(place["items"].items())]
        elif kind == _REVIEW and isinstance(place.at("request", "object").node, Mapping):
            yield read_object(place, kind, version)
            pending.append((place.at("request", "object"), "", ""))
        elif place["kind"].exists or place["apiVersion"].exists or _is_item(place, kind):
            yield read_object(place, kind, version)


def _has_items(place: Cursor, kind: str) -> bool:
    items = place["items"]
    return isinstance(items.node, Sequence) or (kind.endswith("List") and items.exists)


def _is_item(place: Cursor, kind: str) -> bool:
    """Whether something is an object because the list in which it stands says so."""
    return bool(kind) and isinstance(place.node, Mapping)


def read_object(body: Cursor, kind: str = "", api_version: str = "") -> KubernetesObject:
    """The object at a place; `kind` and `api_version` hold where none is written."""
    metadata = body["metadata"]
    name = metadata["name"] if metadata["name"].exists else metadata["generateName"]
    return KubernetesObject(
        span=name.span if name.exists else body.key_span,
        kind=meant_kind(body) or kind,
        api_version=body["apiVersion"].word() or api_version,
        name=name.word(),
        namespace=metadata["namespace"].word(),
        labels=metadata["labels"].pairs(),
        annotations=metadata["annotations"].pairs(),
        body=body,
        path=body.path,
    )


def is_empty(node: YamlNode) -> bool:
    """Whether a document holds nothing, or a list of nothing."""
    if isinstance(node, Scalar):
        return node.value is None
    return isinstance(node, Mapping) and (not node.entries or _is_empty_list(node))


def _is_empty_list(node: Mapping) -> bool:
    kind = Cursor(node)["kind"].text()
    return isinstance(kind, Known) and kind.value.endswith("List")


def is_of_an_api(obj: KubernetesObject) -> bool:
    """Whether kubectl would take it: other tools write `kind`, and `apiVersion: v1alpha1` (Talos).

    https://docs.siderolabs.com/talos/latest/reference/configuration/overview
    """
    return obj.api_version == "v1" or bool(obj.group) or (not obj.api_version and obj.is_own)


def no_object(node: YamlNode) -> ObjectWithoutKind:
    """What is said of a document that is no object."""
    body = Cursor(node)
    name = body.at("metadata", "name").word()
    return ObjectWithoutKind(
        body.key_span,
        name or next((key for key, _ in body.entries()), ""),
        "this document is not a Kubernetes object: it has neither `kind` nor `apiVersion`",
        "if it belongs to something else, put it into a file of its own",
    )
