"""Objects that others refer to by their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark
from imagelint.documents.kubernetes.pods.shapes import is_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Key
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import KubernetesObject


_OPENSHIFT = ".openshift.io"
_HOLDER, _LEADERS = "Secret", "StatefulSet"
# What holds for others of its namespace without being named by them.
_HOLDING = frozenset(
    (
        *("LimitRange", "NetworkPolicy", "GlobalNetworkPolicy", "AdminNetworkPolicy"),
        *("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"),
    )
)
# What keeps Secrets elsewhere, and where each says the name of the one that it makes.
_MAKERS = frozenset(
    (
        *("ExternalSecret", "ClusterExternalSecret", "SealedSecret", "Certificate"),
        *("VaultStaticSecret", "VaultDynamicSecret", "OnePasswordItem", "InfisicalSecret"),
        *("KeeperSecret", "GSMSecret", "AzureKeyVaultSecret", "SopsSecret"),
    )
)
_MADE = (
    ("target", "name"),
    ("secretName",),
    ("template", "metadata", "name"),
    ("destination", "name"),
    ("managedSecretReference", "secretName"),
    ("externalSecretName",),
)


class NamedObject(NamedTuple):
    """An object as others refer to it. `namespace` is empty where none is written."""

    span: Span
    kind: str
    name: str
    namespace: str


def services_beginning(name: str) -> Key:
    """What may make Services whose names begin with a word and a dash."""
    return ("services beginning", name)


def object_named(kind: str, name: str) -> Key:
    """The objects of a kind with a name, in whichever namespace."""
    return ("object", kind, name)


def policies_selecting(label: str, value: str) -> Key:
    """Network policies that select pods by a label, and maybe by others besides.

    Those of which none is known, as of one that selects all pods, are under two empty words.
    """
    return ("network policies selecting", label, value)


def of_kind(kind: str) -> Key:
    """The objects of a kind that holds for others which do not name it."""
    return ("of kind", kind)


RUNTIMES = ("ServingRuntime", "ClusterServingRuntime")
"""What KServe completes a predictor with, the nearer first."""


def of_openshift() -> Key:
    """The objects that only OpenShift knows: Routes, BuildConfigs."""
    return ("of OpenShift",)


def serving_format(name: str) -> Key:
    """Runtimes that offer themselves for a format of models."""
    return ("runtime for", name)


def object_landmarks(manifest: Manifest) -> Iterator[Landmark]:
    """The objects of a manifest that say how they are called."""
    for obj in manifest.objects:
        if obj.name:
            found = NamedObject(obj.span, obj.kind, obj.name, obj.namespace)
            yield Landmark(object_named(obj.kind, obj.name), found)
        if is_group(obj) and obj.name:
            # kubernetes-sigs/lws:pkg/controllers/leaderworkerset_controller.go
            found = NamedObject(obj.span, _LEADERS, obj.name, obj.namespace)
            yield Landmark(object_named(_LEADERS, obj.name), found)
        yield from _holding(obj)
        if obj.group.endswith(_OPENSHIFT):
            found = NamedObject(obj.span, obj.kind, obj.name, obj.namespace)
            yield Landmark(of_openshift(), found)
        for one in _formats(obj):
            yield Landmark(
                serving_format(one), NamedObject(obj.span, obj.kind, obj.name, obj.namespace)
            )
        for made in _made(obj):
            if made:
                found = NamedObject(obj.span, _HOLDER, made, obj.namespace)
                yield Landmark(object_named(_HOLDER, made), found)


def _formats(obj: KubernetesObject) -> tuple[str, ...]:
    """The formats of models for which a runtime of KServe offers itself."""
    if obj.kind not in RUNTIMES:
        return ()
    offered = obj.body.at("spec", "supportedModelFormats").items()
    return tuple(one["name"].word() for one in offered if one["autoSelect"].word() == "true")


def _made(obj: KubernetesObject) -> tuple[str, ...]:
    """The names of the Secrets that an operator makes of an object."""
    if obj.kind not in _MAKERS:
        return ()
    spec = obj.body["spec"]
    said = [spec.at(*keys).word() for keys in _MADE]
    return tuple(filter(None, said)) or (obj.name,)


def _holding(obj: KubernetesObject) -> Iterator[Landmark]:
    """What holds for others: by its kind, and a network policy by a label that it asks for."""
    if obj.kind not in _HOLDING:
        return
    yield Landmark(of_kind(obj.kind), obj)
    if obj.kind == "NetworkPolicy":
        from imagelint.documents.kubernetes.wiring.selectors import label_selector

        selector = label_selector(obj.body.at("spec", "podSelector"))
        known = selector.known and not obj.incomplete
        yield Landmark(policies_selecting(*(selector.leading if known else None) or ("", "")), obj)
