"""What autoscalers, and what judges rollouts, ask Prometheus or whoever serves metrics by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.promql.query import Query
    from imagelint.documents.runtime.field import Field
    from imagelint.documents.serving.scaling import Autoscaler


class PrometheusTrigger(NamedTuple):
    """A query whose result decides how many replicas there are.

    `threshold` is what a replica is to have of it, or all of them together where `value` is known
    to be true. `ignores_null` tells whether no result is taken for 0, `fallback` whether replicas
    are told for when the query fails. `scaler` is whose trigger it is.
    """

    span: Span
    path: str
    query: Query
    threshold: Field[float]
    activation: Field[float]
    value: Fact[bool]
    ignores_null: Field[bool]
    fallback: bool
    scaler: Autoscaler


class MetricThreshold(NamedTuple):
    """A metric that an autoscaler looks at by its name, and how much of it is one replica's.

    `name` is what whoever serves the metric calls it: an adapter may have given it. `threshold` is
    what a replica is to have of it, or all of them together where `value` is known to be true.
    `short` tells that names are written without the prefix of their engine.
    """

    span: Span
    path: str
    name: str
    threshold: Field[float]
    value: Fact[bool]
    scaler: Autoscaler
    short: bool = False


class ResultBound(NamedTuple):
    """A number beside a query with which its result is compared: of a rollout, or to start Jobs.

    `way` is `>` where it is asked whether the result is above it, else `<`. `query` is None where
    `judged_by` names the MetricTemplate that has it, of a `namespace`; that is empty where none is
    written. `subject` is what asks.
    """

    span: Span
    path: str
    subject: str
    way: str
    bound: Field[float]
    query: Query | None
    judged_by: str = ""
    namespace: str = ""


class SuddenAlert(NamedTuple):
    """An alert that is raised as soon as its query has a result, however short that is so."""

    span: Span
    path: str
    query: Query


class JudgingTemplate(NamedTuple):
    """A query that rollouts name; `namespace` is empty where none is written."""

    span: Span
    namespace: str
    query: Query
