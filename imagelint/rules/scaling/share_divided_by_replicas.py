"""The rule `share-divided-by-replicas`."""

from __future__ import annotations

from math import ceil

from imagelint.core.fact import Known, value_or
from imagelint.documents.promql.trigger import PrometheusTrigger
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.expressions import share_of
from imagelint.documents.queries.monitoring.records import records_of, shown_of
from imagelint.documents.queries.monitoring.scalers import many_series
from imagelint.rules.api import Context, Findings, Severity, rule

_WHOLE = {"ratio": 1.0, "percent": 100.0}


@rule(PrometheusTrigger, Severity.HIGH)
def share_divided_by_replicas(trigger: PrometheusTrigger, ctx: Context) -> Findings:
    """A share is divided by the number of replicas, so that full servers get no further one.

    KEDA's `metricType` is `AverageValue` where nothing is written: the result of the query is
    what all replicas have together, and the threshold what each of them is to have. An average or
    a maximum is that of one replica already. With a threshold of 0.8 two replicas are asked for
    when all are full, however many there are: with five of them three are taken away.

    Except:
        Sums, and `metricType: Value`, which compares the result with the threshold as it is.

    Bad (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          maxReplicaCount: 8
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: avg(vllm:kv_cache_usage_perc)
                threshold: "0.8"
                ignoreNullValues: "false"

    Good (scaler.yaml):
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: {name: llm}
        spec:
          scaleTargetRef: {name: llm}
          minReplicaCount: 1
          maxReplicaCount: 8
          triggers:
            - type: prometheus
              metricType: Value
              metadata:
                serverAddress: http://prometheus:9090
                query: avg(vllm:kv_cache_usage_perc)
                threshold: "0.8"
                ignoreNullValues: "false"
    """
    tree, threshold = trigger.query.tree, value_or(trigger.threshold.value, 0.0)
    if tree is None or trigger.value != Known(value=False) or many_series(trigger):
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    unit = share_of(tree, shown_of(records_of(ctx.document, ctx.project), scope))
    whole = _WHOLE.get(unit, 0.0)
    if not 0 < threshold <= whole or (unit == "percent" and threshold <= 1):
        return
    reached = ceil(whole / threshold)
    if value_or(trigger.scaler.maximum, 0) <= reached:
        return
    yield ctx.finding(
        trigger.threshold,
        f"a share of at most {whole:g} is divided by the number of replicas: with {threshold:g}"
        f" for each, it never asks for more than {reached}",
        help=_OWN if trigger.scaler.kind == "ScaledObject" else _SUMMED,
        subject=trigger.scaler.name,
    )


_OWN = "write `metricType: Value` beside the type of the trigger"
_SUMMED = "ask for the sum of all replicas, which is divided rightly: `sum(…)`"
