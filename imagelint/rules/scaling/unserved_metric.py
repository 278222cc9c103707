"""The rule `unserved-metric`."""

from __future__ import annotations

from imagelint.documents.kubernetes.wiring.nodes import HorizontalPodAutoscaler
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.adapted import unserved
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_MOST_TOLD = 3


@rule(HorizontalPodAutoscaler, Severity.HIGH, confidence=Confidence.LIKELY)
def unserved_metric(scaler: HorizontalPodAutoscaler, ctx: Context) -> Findings:
    """An autoscaler looks at a metric that the adapter beside it does not serve.

    The adapter serves what its rules name, under the names that they give (`name.as`). For any
    other the autoscaler has `FailedGetPodsMetric`, and adds no replica, whatever the load. What
    rules serve to objects of the cluster (`Pods`, `Object`) is not there as `External`: that has
    rules of its own (`externalRules`, in the values of the chart `rules.external`).

    Except:
        Adapters that find series by a pattern or have the rules of their chart, and adapters in
        other folders, but for names that are nearly what they serve, or where the policy says that
        nothing runs beside what is examined (`closed: true`).

    Bad (llm.yaml):
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          minReplicas: 1
          maxReplicas: 4
          metrics:
            - type: Pods
              pods:
                metric: {name: vllm_waiting}
                target: {type: AverageValue, averageValue: "5"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: adapter-config, namespace: monitoring}
        data:
          config.yaml: |
            rules:
              - seriesQuery: 'vllm:num_requests_waiting{namespace!="",pod!=""}'
                resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}}}
                name: {as: vllm_num_requests_waiting}
                metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)

    Good (llm.yaml):
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          minReplicas: 1
          maxReplicas: 4
          metrics:
            - type: Pods
              pods:
                metric: {name: vllm_num_requests_waiting}
                target: {type: AverageValue, averageValue: "5"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: adapter-config, namespace: monitoring}
        data:
          config.yaml: |
            rules:
              - seriesQuery: 'vllm:num_requests_waiting{namespace!="",pod!=""}'
                resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}}}
                name: {as: vllm_num_requests_waiting}
                metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for metric in scaler.metrics:
        found = unserved(metric, scope)
        if found is None:
            continue
        shown = ", ".join(f"`{one}`" for one in found.served[:_MOST_TOLD])
        more = len(found.served) - _MOST_TOLD
        said = f"serves only {shown}" + (f" and {more} more" if more > 0 else "")
        if found.elsewhere:
            said = "serves it " + ("to objects of the cluster" if found.external else "as external")
        yield ctx.finding(
            metric,
            f"the adapter has no {'external ' * found.external}metric `{found.name}`: it {said}",
            help=found.help,
            subject=scaler.object.name,
        )
