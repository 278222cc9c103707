"""What an autoscaler asks, and what it makes of the answer."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import PodPlace, serving
from imagelint.documents.promql.query import MetricUse
from imagelint.documents.promql.tree import (
    Aggregation,
    Binary,
    Call,
    Expression,
    Group,
    Negation,
    Number,
    Selector,
    Text,
    inner,
    nested,
)
from imagelint.documents.queries.links.scope import same
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.knowledge.serving.metrics import find_series, is_metric, shown_metric

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.promql.trigger import PrometheusTrigger
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand

_MANY = frozenset(("topk", "bottomk", "limitk", "limit_ratio", "count_values"))
_ALWAYS_ONE = frozenset(("scalar", "vector", "time", "absent", "absent_over_time", "pi"))
_SETS = frozenset(("and", "unless"))
_BOUND = "le"
# Each pod, and with it each series of a server, has its own.
_OF_ONE_POD = ("pod", "instance", "kubernetes_pod_name")
_LOAD = frozenset(("gpu_load", "gpu_memory", "gpu_memory_free"))
_SIZE = "gpu_memory_size"


class ManySeries(NamedTuple):
    """A query that has as many results as there are replicas; not `certain`: or models, or jobs."""

    certain: bool


def many_series(trigger: PrometheusTrigger) -> ManySeries | None:
    """Whether a query may have several results; None where it has one, or that is not known."""
    tree = trigger.query.tree
    if tree is None or value_or(trigger.scaler.maximum, 0) == 1 or _is_single(tree):
        return None
    metrics = [one for one, _ in trigger.query.selectors]
    if any(not one.metric or _pinned(one) for one in metrics):
        return None
    parts = {type(one) for one, _ in nested(tree)}
    bare = parts <= {Selector, Call, Group, Number} and all(
        is_metric(one.metric) for one in metrics
    )
    return ManySeries(bare)


def _is_single(node: Expression) -> bool:
    match node:
        case Group() | Negation():
            return _is_single(node.operand)
        case Number() | Text():
            return True
        case Aggregation():
            return _is_one_of(node)
        case Binary():
            return _is_single_pair(node)
        case Call():
            return _is_single_call(node)
        case _:
            return False


def _is_single_pair(node: Binary) -> bool:
    left, right = _is_single(node.left), _is_single(node.right)
    if node.operator in _SETS:
        return left  # what is on the right only lets it through
    return left and right


def _is_single_call(node: Call) -> bool:
    function = node.function.lower()
    if function in _ALWAYS_ONE:
        return True
    if function == "histogram_quantile":
        inside = inner(node.arguments[1])
        grouping = inside.grouping if isinstance(inside, Aggregation) else None
        return grouping is not None and grouping.keeps and set(grouping.labels) <= {_BOUND}
    return all(map(_is_single, node.arguments))


def _is_one_of(node: Aggregation) -> bool:
    if node.operator in _MANY:
        parameter = node.parameter and inner(node.parameter)
        return isinstance(parameter, Number) and parameter.value == 1 and node.grouping is None
    grouping = node.grouping
    if grouping is None or (grouping.keeps and not grouping.labels):
        return True
    if not grouping.keeps or "" in grouping.labels:
        return False
    # What is asked for by its value is one.
    selectors = [one for one, _ in nested(node.operand) if isinstance(one, Selector)]
    return all(_told(selector, label) for selector in selectors for label in grouping.labels)


def _told(selector: Selector, label: str) -> bool:
    matcher = selector.label(label)
    return matcher is not None and matcher.operator == "="


def _pinned(selector: Selector) -> bool:
    """Whether the series of one pod are selected."""
    return any(_told(selector, label) for label in _OF_ONE_POD)


def asks_servers(trigger: PrometheusTrigger) -> bool:
    """Whether a query asks for metrics of an engine, and not for a number where there are none."""
    tree = trigger.query.tree
    if tree is None or _has_default(tree):
        return False
    found = (find_series(one.metric) for one, _ in trigger.query.selectors if one.metric)
    return any(one is not None and one.metric.exporter.engine for one in found)


def _has_default(tree: Expression) -> bool:
    """Whether `or vector(0)` stands somewhere: whoever wrote that wants 0."""
    return any(
        isinstance(one, Call) and one.function.lower() in ("vector", "absent")
        for one, _ in nested(tree)
    )


def waiting_metric(trigger: PrometheusTrigger) -> str:
    """The metric of waiting requests that is all a query asks for; empty where it asks for more."""
    metrics = {one.metric for one, _ in trigger.query.selectors}
    found = [find_series(one) for one in metrics if one]
    if len(metrics) != 1 or not found or found[0] is None:
        return ""
    return found[0].metric.name if found[0].metric.meaning == "waiting" else ""


def waiting_at(server: ServingCommand) -> str:
    """The metric by which a server tells how many requests wait, empty where none is known."""
    shown = server.facts.metrics if server.facts is not None else None
    return "" if shown is None else shown_metric(server.engine, shown.prefixes, "waiting")


def meant_by_metrics(scaler: Autoscaler, scope: Scope) -> KubernetesObject | None:
    """The only workload of a file that runs the engine whose metrics an autoscaler asks for.

    None where another autoscaler scales it, or the metrics are of several engines.
    """
    manifest = scope.manifest
    engines = scope.once(("engines asked for by scalers",), lambda: _engines_asked(scope))
    engine = engines.get(scaler.span, "")
    places = list(islice(scope.own(serving(engine), PodPlace), 2)) if engine else []
    pod = scope.pod(scope.origin, places[0]) if len(places) == 1 else None
    if manifest is None or pod is None or not same(pod.owner.namespace, scaler.namespace):
        return None
    scaled = (value_or(one.target_name, "") for one in manifest.nodes_of(Autoscaler))
    return None if pod.owner.name in scaled else pod.owner


def _engines_asked(scope: Scope) -> dict[Span, str]:
    """The engine whose metrics each autoscaler of a document asks for; empty for several."""
    found: dict[Span, str] = {}
    uses = scope.manifest.nodes_of(MetricUse) if scope.manifest is not None else ()
    for use in uses:
        series = find_series(use.name)
        if use.scaler is not None and series is not None:
            engine = series.metric.exporter.engine
            found[use.scaler.span] = engine if found.get(use.scaler.span, engine) == engine else ""
    return found


def alike_at(server: ServingCommand, metric: str) -> str:
    """The metric of a server that tells what one of another engine does; empty where none does."""
    shown, series = server.facts and server.facts.metrics, find_series(metric)
    if not shown or series is None or not series.metric.meaning:
        return ""
    name = shown_metric(server.engine, shown.prefixes, series.metric.meaning)
    return f"{name}{series.suffix}" if name else ""


def is_foreign(use: MetricUse, server: ServingCommand) -> bool:
    """Whether a metric is of another engine than a server; false where that is not known."""
    facts, series = server.facts, find_series(use.name)
    if facts is None or facts.metrics is None or series is None or server.concluded:
        return False
    exporter = series.metric.exporter
    own = any(use.name.startswith(prefix) for prefix in facts.metrics.prefixes)
    return bool(exporter.engine) and exporter.engine != server.engine and not own


def is_gpu_load(name: str) -> bool:
    """Whether a metric tells how busy or how full a GPU is."""
    series = find_series(name)
    return series is not None and series.metric.meaning in _LOAD


def is_alone(use: MetricUse) -> bool:
    """Whether a query asks for nothing but the load of GPUs, and does so here first."""
    if use.query is None:
        return True
    asked = [one for one, _ in use.query.selectors if one.metric]
    first = use.query.at(asked[0].name).span == use.span
    return first and all(tells_only_load(one.metric) for one in asked)


def tells_only_load(name: str) -> bool:
    """Whether a metric tells how busy or how full a GPU is, or of how much it is full."""
    series = find_series(name)
    return series is not None and series.metric.meaning in (*_LOAD, _SIZE)


def written(fact: object) -> bool:
    """Whether a value is written, and not a default."""
    return isinstance(fact, Known) and fact.span is not None
