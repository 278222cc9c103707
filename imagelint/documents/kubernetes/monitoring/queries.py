"""Queries that Kubernetes objects hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.settings import held_texts
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Wiring
    from imagelint.documents.serving.scaling import Autoscaler
    from imagelint.documents.yaml.cursor import Cursor

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
_OBJECTIVES = frozenset(
    {
        ("sloth.slok.dev", "PrometheusServiceLevel"),
        ("pyrra.dev", "ServiceLevelObjective"),
        ("openslo", "SLO"),
        ("openslo", "SLI"),
    }
)
# What asks somebody else than Prometheus, in a language of theirs.
_FOREIGN = {
    ("datadoghq.com", "DatadogMetric"): ("query",),
    ("datadoghq.com", "DatadogMonitor"): ("query",),
    ("datadoghq.com", "DatadogSLO"): ("query", "numerator"),
}
_SCALERS = (
    *("AutoscalingPolicy", "HorizontalPodAutoscaler", "InferenceService"),
    *("NIMService", "PodAutoscaler", "ScaledJob", "ScaledObject"),
)
_HOLDING_FILES = ("ConfigMap", "Secret")
# What has charts deployed, with values.
_DELIVERING = ("Application", "HelmChart", "HelmRelease")
_HOLDING = (
    *_HOLDING_FILES,
    *_DELIVERING,
    *("Dashboard", "GrafanaAlertRuleGroup", "GrafanaDashboard"),
    *("OpenTelemetryCollector", "ScrapeConfig"),
)
_JOBS = "scrape_configs:"
_STEPWISE = ("Canary", "Rollout")
_MOST = 4 * 2**20
_OF_DASHBOARDS = ('"panels"', '"expr"')
_QUOTED_EXPRESSION = '"expr":'
# grafana-operator and Grizzly; Grafana itself takes dashboards as objects of its own.
_DASHBOARDS = ("grafana.integreatly.org", "integreatly.org", "grafana.com", "grizzly.grafana.com")
_INLINE = ("dashboard.grafana.app", "grizzly.grafana.com")
_UNREAD = {"gzipJson": "a compressed dashboard", "jsonnet": "a dashboard in Jsonnet"}


def may_ask(obj: KubernetesObject) -> bool:
    """Whether queries are looked for in an object."""
    if obj.kind in (*_SCALERS, *_HOLDING):
        return True
    named = (obj.group, obj.kind)
    if named in _OBJECTIVES or named in _FOREIGN:
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
    elif (obj.group, obj.kind) in _OBJECTIVES:
        from imagelint.documents.promql.objectives import objective_queries

        yield from objective_queries(obj.group, obj.kind, obj.body["spec"], obj.name)
    elif (obj.group, obj.kind) in _FOREIGN:
        yield from _foreign(obj)
    elif obj.kind in _HOLDING:
        yield from _holding(obj)


def _holding(obj: KubernetesObject) -> Iterator[Node]:
    """What objects hold that are not of Prometheus: files, values of charts, and other kinds."""
    if obj.kind in _DELIVERING:
        yield from _delivered(obj)
    elif obj.kind in _HOLDING_FILES and obj.group == "":
        for name, place in held_texts(obj):
            yield from _embedded(place)
            yield from _jobs(place, name, obj.namespace)
    else:
        yield from _specified(obj, obj.body["spec"])


def _specified(obj: KubernetesObject, spec: Cursor) -> Iterator[Node]:
    """What a dashboard, alerts of Grafana, or whom to ask for metrics, hold."""
    if obj.kind == "GrafanaDashboard" and obj.group in _DASHBOARDS:
        yield from _embedded(spec["json"])
        yield from _unread(spec)
    elif obj.kind == "Dashboard" and obj.group in _INLINE:
        from imagelint.documents.promql.dashboard import inline_dashboard

        yield from inline_dashboard(spec)
    elif obj.kind == "GrafanaAlertRuleGroup" and obj.group in _DASHBOARDS:
        from imagelint.documents.promql.grafana import group_alerts

        yield from group_alerts(spec)
    elif obj.kind == "ScrapeConfig" and obj.group == "monitoring.coreos.com":
        from imagelint.documents.promql.scrapes import object_targets

        yield from object_targets(spec, obj.namespace)
    elif obj.kind == "OpenTelemetryCollector" and obj.group == "opentelemetry.io":
        yield from _jobs(spec["config"], "config.yaml", obj.namespace)


def _delivered(obj: KubernetesObject) -> Iterator[Node]:
    """The queries in the values of charts from elsewhere."""
    from imagelint.documents.gitops.valueimages import delivered_values
    from imagelint.documents.promql.valuequeries import value_queries

    for _, values in delivered_values(obj):
        yield from value_queries(values)


def _jobs(place: Cursor, name: str, namespace: str) -> Iterator[Node]:
    """Whom Prometheus, or what scrapes as it does, asks by its settings in a file of a name."""
    node = place.node
    if isinstance(node, Mapping):
        from imagelint.documents.promql.scrapes import scrape_targets

        yield from scrape_targets(place, namespace)
    elif isinstance(node, Scalar) and isinstance(node.value, str) and _JOBS in node.value:
        from imagelint.documents.promql.scrapes import held_targets

        yield from held_targets(node, place.path, name, namespace)


def _foreign(obj: KubernetesObject) -> Iterator[Node]:
    """That a query of an object is in another language, which is not read."""
    place = obj.body["spec"].at(*_FOREIGN[obj.group, obj.kind])
    if place.exists:
        from imagelint.documents.promql.query import UnreadQuery

        yield UnreadQuery(place.span, "a query of Datadog is not read")


def _unread(spec: Cursor) -> Iterator[Node]:
    """What stands in an object and cannot be examined."""
    for field, told in _UNREAD.items():
        if spec[field].exists:
            from imagelint.documents.promql.query import UnreadQuery

            yield UnreadQuery(spec[field].span, f"{told} is not read")


def _embedded(place: Cursor) -> Iterator[Node]:
    """The queries of a file that is a value: a dashboard, rules, the settings of an adapter."""
    node = place.node
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return
    text = node.value
    dashboard = text.lstrip()[:1] == "{" and any(word in text for word in _OF_DASHBOARDS)
    rules = ("expr" in text and "groups" in text) or "seriesQuery" in text
    if not (dashboard or rules):
        return
    if len(text) > _MOST:
        from imagelint.documents.promql.query import UnreadQuery

        told = f"the queries here stand in a text of more than {_MOST:,} characters"
        yield UnreadQuery(node.span, told, too_large=True)
    elif dashboard:
        from imagelint.documents.promql.dashboard import held_dashboard

        yield from held_dashboard(node, place.path)
    elif "expr:" in text or "Query:" in text or _QUOTED_EXPRESSION in text:
        from imagelint.documents.promql.rulefile import held_rules

        yield from held_rules(node, place.path)
