"""What a document tells somebody to deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.gitops.applicationset import Folders, set_sources
from imagelint.documents.gitops.argocd import GROUP, application_sources
from imagelint.documents.gitops.flux import (
    KUSTOMIZATIONS,
    RELEASES,
    flux_kustomization,
    helm_release,
)
from imagelint.documents.gitops.helmfile import Helmfile
from imagelint.documents.gitops.model import Base, DeliverySource
from imagelint.documents.kubernetes.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.gitops.applicationset import Parameters
    from imagelint.documents.kubernetes.objects import KubernetesObject

# Who makes what a chart from elsewhere holds, and where an object names it: k3s and RKE2
# (https://docs.k3s.io/helm), Cluster API's add-on provider, Crossplane's provider of Helm.
_CHARTS = {
    ("helm.cattle.io", "HelmChart"): ("spec", "chart"),
    ("addons.cluster.x-k8s.io", "HelmChartProxy"): ("spec", "chartName"),
    ("helm.crossplane.io", "Release"): ("spec", "forProvider", "chart", "name"),
}
_MAKERS = ("toolkit.fluxcd.io/", *(f"{group}/" for group, _ in _CHARTS))
_MADE = pattern(r"^kind:[ \t]*[\"']?(Application|ApplicationSet|HelmRelease)[\"']?[ \t]*$", 8)


def may_deliver(text: str) -> bool:
    """Whether a manifest may tell Argo CD, Flux or their like to deploy something."""
    made = any(maker in text for maker in _MAKERS)
    return made or ("argoproj.io/" in text and "Application" in text)


def delivered_kind(text: str) -> str:
    """The kind of the first object of a manifest that tells somebody to deploy more."""
    match = _MADE.search(text) if may_deliver(text) else None
    return match[1] if match else ""


def sources_of(
    document: Document, found: Callable[[Folders], list[Parameters]]
) -> tuple[DeliverySource, ...]:
    """What a document deploys, in its order; `found` gives what a repository's folders say."""
    if isinstance(document, Helmfile):
        return tuple(document.sources())
    if isinstance(document, Manifest):
        return tuple(one for obj in document.objects for one in _of_object(obj, found))
    return ()


def _of_object(
    obj: KubernetesObject, found: Callable[[Folders], list[Parameters]]
) -> Iterator[DeliverySource]:
    title = f"the {obj.kind} `{obj.name}`"
    match obj.group, obj.kind:
        case (group, "Application") if group == GROUP:
            yield from application_sources(obj.body["spec"], title, obj.name)
        case (group, "ApplicationSet") if group == GROUP:
            yield from set_sources(obj, title, found)
        case (group, "HelmRelease") if group == RELEASES:
            spec = obj.body["spec"]
            if spec.at("chart", "spec", "chart").exists or spec["chartRef"].exists:
                yield helm_release(obj, title)  # else it is a patch for one
        case (group, "Kustomization") if group == KUSTOMIZATIONS:
            if obj.body["spec"]["sourceRef"].exists or obj.body["spec"]["path"].exists:
                yield flux_kustomization(obj, title)
        case named if named in _CHARTS and obj.body["spec"].exists:
            chart = obj.body.at(*_CHARTS[named])
            shown = f"the chart `{chart.word()}`" if chart.word() else "its chart"
            place = chart.span if chart.exists else obj.body["spec"].key_span
            yield DeliverySource(title, place, "", Base.ROOT, shown, name=obj.name)
        case _:
            return
