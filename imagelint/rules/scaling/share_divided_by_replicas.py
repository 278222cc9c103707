"""The rule `share-divided-by-replicas`."""

from __future__ import annotations

from math import ceil

from imagelint.core.fact import Known, value_or
from imagelint.documents.promql.trigger import PrometheusTrigger
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.expressions import share_of
from imagelint.documents.queries.monitoring.records import records_of, shown_of
from imagelint.documents.queries.monitoring.scalers import many_series
from imagelint.documents.queries.monitoring.times import seconds_of
from imagelint.rules.api import Context, Findings, Severity, rule

_WHOLE = {"ratio": 1.0, "percent": 100.0}


@rule(PrometheusTrigger, Severity.HIGH)
def share_divided_by_replicas(trigger: PrometheusTrigger, ctx: Context) -> Findings:
    """A share, or a time, is divided by the number of replicas: slow servers get no further one.

    KEDA's `metricType` is `AverageValue` where nothing is written: the result of the query is
    what all replicas have together, and the threshold what each of them is to have. An average or
    a maximum is that of one replica already. With a threshold of 0.8 two replicas are asked for
    when all are full, however many there are: with five of them three are taken away. A time to
    the first token of 8 s counts as 2 s where there are four.

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
    recorded = shown_of(records_of(ctx.document, ctx.project), scope)
    time = seconds_of(tree, recorded)
    own = trigger.scaler.kind == "ScaledObject"
    if time is not None and value_or(trigger.scaler.maximum, 0) > 1:
        yield ctx.finding(
            trigger.threshold,
            f"the seconds of `{time.name}` are divided by the number of replicas: the more there"
            " are, the slower they may be",
            help=_OWN if own else _WAITING,
            subject=trigger.scaler.name,
        )
        return
    unit = share_of(tree, recorded)
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
        help=_OWN if own else _SUMMED,
        subject=trigger.scaler.name,
    )


_OWN = "write `metricType: Value` beside the type of the trigger"
_WAITING = "ask for what can be divided: the sum of the requests that wait"
_SUMMED = "ask for the sum of all replicas, which is divided rightly: `sum(…)`"
