"""Files of rules for Prometheus, be they files of their own or the values of a ConfigMap.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.base import Document
from imagelint.documents.promql.adapter import adapter_nodes
from imagelint.documents.promql.grafana import rule_steps
from imagelint.documents.promql.objectives import is_plain_sloth, sloth_queries
from imagelint.documents.promql.query import UnreadQuery, query_nodes, unread_queries
from imagelint.documents.promql.reading import query_of
from imagelint.documents.promql.recorded import ALERT, RECORD, query_landmarks
from imagelint.documents.promql.trigger import SuddenAlert
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
        from imagelint.documents.promql.valuequeries import value_queries

        for root in self.roots:
            yield from rule_queries(root)
            yield from value_queries(root)
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
        yield from adapter_nodes(Cursor(node, path), mapped)


def _is_at_once(place: Cursor) -> bool:
    """Whether an alert is raised as soon as its expression has a result."""
    told = place.text()
    return told is ABSENT or (isinstance(told, Known) and told.value.strip("0smhdwy") == "")


def rule_queries(
    place: Cursor, *, certain: bool = True, within: MappedText | None = None
) -> Iterator[Node]:
    """The queries of the groups of rules at a place."""
    for group in place["groups"].items():
        if group["type"].word() not in ("", "prometheus"):
            continue  # vmalert asks Graphite and VictoriaLogs as well
        yield from listed_rules(group["rules"], certain=certain, within=within)


def listed_rules(
    place: Cursor, *, certain: bool = True, within: MappedText | None = None
) -> Iterator[Node]:
    """The queries of the rules in a list."""
    for rule in place.items():
        use = ALERT if rule[ALERT].exists else RECORD
        name = rule[use].word()
        query = query_of(rule["expr"], use, name, certain=certain, within=within)
        yield from () if query is None else query_nodes(query)
        if query is not None and use == ALERT and _is_at_once(rule["for"]):
            yield SuddenAlert(query.span, query.path, query)
        yield from rule_steps(rule, within)
