"""What a HelmRelease and a Kustomization of Flux deploy.

https://fluxcd.io/flux/components/helm/helmreleases/
https://fluxcd.io/flux/components/kustomize/kustomizations/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.gitops.changes import Changes, flux_changes
from imagelint.documents.gitops.model import Base, DeliverySource, ValuesFile, ValuesObject
from imagelint.documents.gitops.values import is_filled_later
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

RELEASES = "helm.toolkit.fluxcd.io"
KUSTOMIZATIONS = "kustomize.toolkit.fluxcd.io"
_VALUES = "values.yaml"
# Sources of charts that are folders of a repository.
_FOLDERS = ("GitRepository", "Bucket")


def helm_release(obj: KubernetesObject, title: str) -> DeliverySource:
    """The chart of a HelmRelease, with its values."""
    spec = obj.body["spec"]
    chart = spec.at("chart", "spec")
    named, source = chart["chart"], chart["sourceRef"]
    kind, holder = source["kind"].word(), source["name"].word()
    shown = f"the chart `{named.word()}` of the {kind or 'source'} `{holder}`"
    found = DeliverySource(
        title,
        named.span if named.exists else spec.span,
        named.word() if kind in _FOLDERS else "",
        Base.ROOT,
        shown,
        name=spec["releaseName"].word() or obj.name,
        namespace=spec["targetNamespace"].word() or obj.namespace,
    )
    if not named.exists:
        place = spec["chartRef"]
        shown = f"the chart of the {place['kind'].word() or 'source'} `{place['name'].word()}`"
        return found._replace(shown=shown)
    if named.templated:
        return found._replace(path="", unread="its chart is known only when it is filled in")
    return _with_values(found, spec, chart)


def _with_values(found: DeliverySource, spec: Cursor, chart: Cursor) -> DeliverySource:
    optional = chart["ignoreMissingValuesFiles"].word() == "true"
    files = tuple(
        ValuesFile(item.word(), Base.ROOT, item.span, optional)
        for item in chart["valuesFiles"].items()
        if item.word()
    )
    found = found._replace(files=files)
    if spec["postRenderers"].items():
        return found._replace(unread="`postRenderers` change what it makes")
    objects = []
    for place in spec["valuesFrom"].items():
        if place["targetPath"].exists:
            return found._replace(unread=_from_object(place))
        key = place["valuesKey"].word() or _VALUES
        name = place["name"]
        objects.append(ValuesObject(place["kind"].word(), name.word(), key, name.span))
    found = found._replace(objects=tuple(objects))
    values = spec["values"].node
    if values is None or isinstance(values, Scalar):
        return found
    if is_filled_later(values):
        return found._replace(unread="its values are known only when they are filled in")
    return found._replace(inline=(values,))


def _from_object(place: Cursor) -> str:
    return f"a value comes from the {place['kind'].word()} `{place['name'].word()}`"


def flux_kustomization(obj: KubernetesObject, title: str) -> DeliverySource:
    """The folder of a Kustomization, and what it changes there."""
    spec = obj.body["spec"]
    place, source = spec["path"], spec["sourceRef"]
    holder = f"{source['kind'].word() or 'source'} `{source['name'].word()}`"
    return DeliverySource(
        title,
        place.span if place.exists else spec.span,
        place.word() or ("" if place.templated else "."),
        Base.ROOT,
        f"`{place.word() or './'}` of the {holder}",
        namespace=spec["targetNamespace"].word(),
        changes=_changes(spec),
    )


def _changes(spec: Cursor) -> Changes:
    found, build = flux_changes(spec), spec["postBuild"]
    objects = tuple(
        ValuesObject(one["kind"].word(), one["name"].word(), "", one["name"].span)
        for one in build["substituteFrom"].items()
    )
    values = tuple(
        (name, one.node.text)
        for name, one in build["substitute"].entries()
        if isinstance(one.node, Scalar)
    )
    return found._replace(substituted=values, objects=objects) if values or objects else found
