"""What an object says that it is, and whether Kubernetes knows such an object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.kubernetes.objects import MistakenKind, MistakenVersion
from imagelint.documents.yaml.nodes import Mapping, Scalar
from imagelint.knowledge.kubernetes import kinds
from imagelint.knowledge.kubernetes.fields import ObjectType, defined_type, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject, Mistake
    from imagelint.documents.yaml.cursor import Cursor

_OF_KUSTOMIZE = "kustomize.config.k8s.io"
_OF_ALL = frozenset(("apiVersion", "kind", "metadata", "status"))
_VERSION = pattern(r"v\d+(?:(?:alpha|beta)\d+)?")


def mistakes(obj: KubernetesObject) -> Iterator[Mistake]:
    """What an object says of itself that is not so."""
    for mistake in (_mistaken_kind(obj), _mistaken_version(obj)):
        if mistake is not None:
            yield mistake


def meant_kind(body: Cursor) -> str:
    """The kind of an object, as it must have been meant where Kubernetes' own groups are named."""
    kind, api = body["kind"].word(), body["apiVersion"].word()
    if api == "v1" and (kinds.is_client_kind(kind) or kinds.is_of_old_openshift(kind)):
        return kind
    if api not in kinds.versions() or kinds.served(kind.removesuffix("List")):
        return kind
    return kinds.meant_kind(kind) or kind


def is_own(obj: KubernetesObject) -> bool:
    """Whether an object is one of Kubernetes itself, be it under a group that is not its own."""
    return bool(kinds.served(obj.kind)) and kinds.may_mean_own_group(obj.group)


def suits(body: Cursor, kind: str) -> bool:
    """Whether an object may be of a kind by what stands in it.

    Other programs have kinds of the same name, whose objects share no field with it.
    """
    form = _type_of(kind)
    if form is None or form.is_open:
        return True
    place, inner = body["spec"], form.fields.get("spec")
    if isinstance(place.node, Mapping) and isinstance(inner, ObjectType):
        keys, form = [key for key, _ in place.entries()], inner
    else:
        keys = [key for key, _ in body.entries() if key not in _OF_ALL]
    return not keys or form.is_open or not form.fields.keys().isdisjoint(keys)


def _type_of(kind: str) -> ObjectType | None:
    """The type of a kind in the version that is served first; None where none is known."""
    for one in kinds.served(kind):
        if (form := type_of(one.api, kind)) is not None:
            return form
    from imagelint.knowledge.kubernetes.custom_resources import apis_with

    return next((defined_type(api, kind) for api in apis_with(kind)), None)


def _mistaken_kind(obj: KubernetesObject) -> MistakenKind | None:
    """Why no server knows the kind, whatever the version; None when one may."""
    place, api = obj.body["kind"], obj.body["apiVersion"]
    if _templated(place) or _templated(api):
        return None
    if not place.exists and obj.kind:
        return None  # the list in which it stands says it
    if not _is_word(place):
        if not (kinds.is_own_group(obj.group) or _is_of_operator(obj)):
            return None
        what = "is not set" if place.null or not place.exists else "is not a word"
        return MistakenKind(
            place.span,
            place.path,
            f"`kind` {what}",
            "write what the object is, as `kind: Deployment`",
        )
    kind = place.word()
    single = kind.removesuffix("List")
    if obj.kind != kind:
        message = f"Kubernetes knows no kind `{kind}`"
        return MistakenKind(
            place.span,
            place.path,
            message,
            f"write `{obj.kind}`: kinds are spelt exactly, in singular",
        )
    if kinds.served(kind) or kinds.served(single) or api.word() not in kinds.versions():
        return None
    return _foreign_kind(place, kind, api.word())


def _foreign_kind(place: Cursor, kind: str, api: str) -> MistakenKind | None:
    if api == "v1" and kinds.is_client_kind(kind):
        return None
    message = f"`{api}` of Kubernetes has no kind `{kind}`"
    if api == "v1" and kinds.is_of_old_openshift(kind):
        return MistakenKind(
            place.span,
            place.path,
            message,
            "name the group: releases of OpenShift before 4 took it without one",
            certain=False,
        )
    return MistakenKind(
        place.span,
        place.path,
        message,
        "if it is a custom resource, name its group in `apiVersion`",
    )


def _mistaken_version(obj: KubernetesObject) -> MistakenVersion | None:
    """Why no server has the kind under its `apiVersion`; None when one may."""
    place = obj.body["apiVersion"]
    known = kinds.served(obj.kind)
    if _templated(place) or (not place.exists and obj.api_version):
        return None  # the list in which it stands says it
    if not _is_word(place):
        return _unversioned(place, obj)
    if not (known and suits(obj.body, obj.kind)):
        return None
    api, best = place.word(), f"write `apiVersion: {known[0].api}`"
    here = next((one for one in known if one.api == api), None)
    if here is not None:
        return _removed(place, obj.kind, here.removed, known[0])
    if not kinds.may_mean_own_group(kinds.group_of(api)):
        return None
    if api == "v1" and kinds.is_of_old_openshift(obj.kind):
        return MistakenVersion(
            place.span,
            place.path,
            f"`{api}` of Kubernetes has no `{obj.kind}`",
            best,
            certain=False,
        )
    return MistakenVersion(place.span, place.path, f"there is no `{obj.kind}` in `{api}`", best)


def _unversioned(place: Cursor, obj: KubernetesObject) -> MistakenVersion | None:
    """Why an object is none without its group and version; other tools have kinds of their own."""
    apis = [one.api for one in kinds.served(obj.kind)]
    if not apis and obj.body["metadata"].exists and obj.body["spec"].exists:
        from imagelint.knowledge.kubernetes.custom_resources import apis_with

        apis += apis_with(obj.kind)
    if not (apis and suits(obj.body, obj.kind)):
        return None
    what = "is not set" if place.null or not place.exists else "is not a word"
    help_ = f"write `apiVersion: {apis[0]}`"
    return MistakenVersion(place.span, place.path, f"`apiVersion` {what}", help_)


def _is_of_operator(obj: KubernetesObject) -> bool:
    """Whether an object is of a group with a domain (`keda.sh/v1alpha1`): none goes without kind.

    Only kustomize fills in its own.
    """
    group, _, version = obj.api_version.rpartition("/")
    told = "." in group and group != _OF_KUSTOMIZE and _VERSION.fullmatch(version) is not None
    return told and obj.body["metadata"].exists


def _removed(place: Cursor, kind: str, release: str, best: kinds.Served) -> MistakenVersion | None:
    if not release:
        return None
    message = f"Kubernetes {release} and later have no `{kind}` in `{place.word()}`"
    if best.removed:
        return MistakenVersion(
            place.span, place.path, message, "drop it: nothing has taken its place under that name"
        )
    return MistakenVersion(place.span, place.path, message, f"write `apiVersion: {best.api}`")


def _is_word(place: Cursor) -> bool:
    return isinstance(place.node, Scalar) and isinstance(place.node.value, str) and place.exists


def _templated(place: Cursor) -> bool:
    return isinstance(place.node, Scalar) and place.templated
