"""Queries that Kubernetes objects hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Wiring
    from imagelint.documents.serving.scaling import Autoscaler

# prometheus-operator:Documentation/api-reference/api.md; Azure and Google serve the same form.
# VictoriaMetrics' own language is a larger one.
_RULES = {
    "monitoring.coreos.com": ("PrometheusRule",),
    "azmonitoring.coreos.com": ("PrometheusRule",),
    "monitoring.googleapis.com": ("Rules", "ClusterRules", "GlobalRules"),
    "operator.victoriametrics.com": ("VMRule",),
}
_OTHER_LANGUAGE = ("operator.victoriametrics.com",)
_ANALYSES = {
    "argoproj.io": ("AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun"),
    "flagger.app": ("MetricTemplate", "Canary"),
}
_SCALERS = ("HorizontalPodAutoscaler", "ScaledJob", "ScaledObject")
_STEPWISE = ("Canary", "Rollout")
_MOST = 4 * 2**20
_DASHBOARDS = ("grafana.integreatly.org", "integreatly.org", "grafana.com", "grizzly.grafana.com")


def may_ask(obj: KubernetesObject) -> bool:
    """Whether queries are looked for in an object."""
    if obj.kind in _SCALERS or obj.kind in ("ConfigMap", "GrafanaDashboard"):
        return True
    return obj.kind in _RULES.get(obj.group, ()) or obj.kind in _ANALYSES.get(obj.group, ())


def read_queries(
    obj: KubernetesObject, wiring: Wiring | None, scaler: Autoscaler | None
) -> Iterator[Node]:
    """The queries of an object and the metrics that they name; none of most kinds.

    `wiring` and `scaler` are its typed views.
    """
    if obj.kind in _STEPWISE:
        from imagelint.documents.kubernetes.monitoring.rollouts import unjudged_canaries

        yield from unjudged_canaries(obj)
    if obj.kind in _SCALERS:
        from imagelint.documents.kubernetes.monitoring.scalers import scaler_nodes

        yield from scaler_nodes(obj, wiring, scaler)
    elif obj.kind in _RULES.get(obj.group, ()):
        from imagelint.documents.promql.rulefile import rule_queries

        yield from rule_queries(obj.body["spec"], certain=obj.group not in _OTHER_LANGUAGE)
    elif obj.kind in _ANALYSES.get(obj.group, ()):
        from imagelint.documents.kubernetes.monitoring.analyses import analysis_queries

        yield from analysis_queries(obj)
    elif obj.kind == "ConfigMap" and obj.group == "":
        yield from _held(obj)
    elif obj.kind == "GrafanaDashboard" and obj.group in _DASHBOARDS:
        yield from _embedded(obj.body.at("spec", "json").node, obj.body.at("spec", "json").path)


def _held(obj: KubernetesObject) -> Iterator[Node]:
    """What the files in a ConfigMap hold: dashboards, rules, the settings of an adapter."""
    for _, place in obj.body["data"].entries():
        yield from _embedded(place.node, place.path)


def _embedded(node: object, path: str) -> Iterator[Node]:
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or len(node.value) > _MOST:
        return
    text = node.value
    if '"panels"' in text or '"expr"' in text:
        from imagelint.documents.promql.dashboard import held_dashboard

        yield from held_dashboard(node, path)
    elif "expr:" in text or "Query:" in text:
        from imagelint.documents.promql.rulefile import held_rules

        yield from held_rules(node, path)
