"""Queries by which a rollout is judged: of Argo Rollouts and Flagger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.promql.reading import query_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject


def analysis_queries(obj: KubernetesObject) -> Iterator[Node]:
    """The queries of an AnalysisTemplate, a MetricTemplate or a Canary.

    https://argo-rollouts.readthedocs.io/en/stable/analysis/prometheus/
    https://docs.flagger.app/usage/metrics
    """
    spec = obj.body["spec"]
    for metric in spec["metrics"].items():
        query = metric.at("provider", "prometheus", "query")
        yield from query_at(query, "analysis", metric["name"].word())
    for metric in spec.at("analysis", "metrics").items():
        yield from query_at(metric["query"], "analysis", metric["name"].word())
    if spec.at("provider", "type").word() == "prometheus":
        yield from query_at(spec["query"], "analysis", obj.name)
