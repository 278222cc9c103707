"""Files of rules for Prometheus, be they files of their own or the values of a ConfigMap.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Document
from imagelint.documents.promql.grafana import rule_steps
from imagelint.documents.promql.objectives import is_plain_sloth, sloth_queries
from imagelint.documents.promql.query import UnreadQuery, unread_queries
from imagelint.documents.promql.reading import query_at
from imagelint.documents.promql.recorded import ADAPTER, SERIES, query_landmarks
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream
from imagelint.documents.yaml.load import YamlError, read_yaml
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import DocumentError, Landmark, Node
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.yaml.nodes import Scalar

# The charts of Prometheus that others contain, and the files of rules in the values of the second.
_CHARTS = ("kube-prometheus-stack", "prometheus")
_SERVER_FILES = ("alerting_rules.yml", "recording_rules.yml", "alerts", "rules")


class RuleFile(Document):
    """Alerts and recording rules, or objectives."""

    kind = "prometheus-rules"
    __slots__ = ("roots",)

    def __init__(self, source: Source) -> None:
        stream = read_stream(source, self.kind)
        super().__init__(
            source,
            complaints=duplicate_complaints(stream),
            allowances=comment_allowances(source, stream.documents),
        )
        self.roots = tuple(map(Cursor, stream.documents))

    def nodes(self) -> Iterator[Node]:
        """Each query, and the metrics that it names."""
        for root in self.roots:
            yield from rule_queries(root)
            yield from _chart_queries(root)
            yield from _adapter_queries(root, None)
            if is_plain_sloth(root):
                yield from sloth_queries(root)

    def landmarks(self) -> Iterator[Landmark]:
        """What is recorded under which name, and what raises an alert."""
        yield from query_landmarks(self)

    def unread(self) -> tuple[DocumentError, ...]:
        """The queries that could not be examined."""
        return (*self.gaps, *unread_queries(self))


def parse_rules(source: Source) -> RuleFile:
    """Read a file of rules.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return RuleFile(source)


def held_rules(scalar: Scalar, path: str) -> Iterator[Node]:
    """The queries of a file that is the value of a scalar, or that it cannot be read.

    Such a file holds rules for Prometheus, or those of its adapter for the metrics of Kubernetes.
    """
    mapped = map_scalar(scalar)
    try:
        documents = read_yaml(scalar.text).documents
    except YamlError:
        yield UnreadQuery(mapped.span, "the rules here are not YAML that can be read")
        return
    for node in documents:
        yield from rule_queries(Cursor(node, path), within=mapped)
        yield from _adapter_queries(Cursor(node, path), mapped)


def _adapter_queries(place: Cursor, within: MappedText | None) -> Iterator[Node]:
    """What the adapter asks for the metrics that it serves.

    In the values of its chart, be they its own or those of another one, the rules are by what they
    are for, and those for external metrics are called otherwise.
    https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
    prometheus-community/helm-charts:charts/prometheus-adapter/values.yaml
    """
    own = place["rules"]
    values = place.at("prometheus-adapter", "rules")
    listed = [own, place["externalRules"]]
    listed += [each[name] for each in (own, values) for name in ("custom", "external")]
    for rules in listed:
        for rule in rules.items():
            name = rule.at("name", "as").word()
            for query in (SERIES, "metricsQuery"):
                yield from query_at(rule[query], ADAPTER, name, within=within)


def _chart_queries(values: Cursor) -> Iterator[Node]:
    """The queries of rules in the values of a chart of Prometheus, or of one that contains it.

    prometheus-community/helm-charts: charts/kube-prometheus-stack/values.yaml, charts/prometheus/
    """
    for place in (values, *(values[name] for name in _CHARTS)):
        for _, rules in place["additionalPrometheusRulesMap"].entries():
            yield from rule_queries(rules)
        for rules in place["additionalPrometheusRules"].items():
            yield from rule_queries(rules)
        for name in _SERVER_FILES:
            yield from rule_queries(place["serverFiles"][name])


def rule_queries(
    place: Cursor, *, certain: bool = True, within: MappedText | None = None
) -> Iterator[Node]:
    """The queries of the groups of rules at a place."""
    for group in place["groups"].items():
        if group["type"].word() not in ("", "prometheus"):
            continue  # vmalert asks Graphite and VictoriaLogs as well
        for rule in group["rules"].items():
            alert = rule["alert"].exists
            name = rule["alert" if alert else "record"].word()
            use = "alert" if alert else "record"
            yield from query_at(rule["expr"], use, name, certain=certain, within=within)
            yield from rule_steps(rule, within)
