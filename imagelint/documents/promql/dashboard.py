"""Dashboards of Grafana, be they files of their own or the values of a ConfigMap.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.mapped import MappedText
from imagelint.documents.promql.languages import bare
from imagelint.documents.promql.query import PANEL, Query, UnreadQuery, query_nodes, unread_queries
from imagelint.documents.promql.reading import query_of
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Source
    from imagelint.documents.base import Node
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import Scalar

_LONGEST_NAME = 200
# In JSON a quote within a string has a backslash before it: nothing else looks like this.
_EXPRESSION = pattern(r'"expr"\s*:\s*"((?:[^"\\]|\\.)*)"', 16)
_ESCAPE = pattern(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\(?:u[0-9a-fA-F]{4}|.)")
_PROMETHEUS = "prometheus"
# Graphs of before Grafana 7.4 have the unit at their left axis, unless some series are at the right
# (grafana/grafana:public/app/plugins/panel/graph).
_GRAPH, _OVERRIDES = "graph", "seriesOverrides"
# What tells of which panel a query is, and whom it asks.
_TELLING = ("title", "kind", "group")


class _Target(NamedTuple):
    """A query of a panel: the panel's title, the type of its source, and its unit, where told."""

    expression: str
    title: str
    source: str
    unit: str


class _Written(NamedTuple):
    """A string under the key `expr`."""

    text: str


class Dashboard(Document):
    """A dashboard."""

    kind = "dashboard"
    __slots__ = ("found",)

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        try:
            self.found = tuple(_queries(MappedText.verbatim(source.text, 0)))
        except (ValueError, RecursionError) as error:
            at = getattr(error, "pos", 0)
            told = (
                f"this is not JSON that can be read: {getattr(error, 'msg', 'nested too deeply')}"
            )
            raise DocumentError(ProblemKind.UNPARSABLE, told, Span(at, at)) from None

    def nodes(self) -> Iterator[Node]:
        """Each query, and the metrics that it names."""
        for one in self.found:
            yield from _nodes(one)

    def unread(self) -> tuple[DocumentError, ...]:
        """The queries that could not be examined."""
        return (*self.gaps, *unread_queries(self))


def parse_dashboard(source: Source) -> Dashboard:
    """Read a dashboard.

    Raises:
        DocumentError: it is not JSON.
    """
    return Dashboard(source)


def held_dashboard(scalar: Scalar, path: str) -> Iterator[Node]:
    """The queries of a dashboard that is the value of a scalar, or that it cannot be read."""
    text = map_scalar(scalar)
    try:
        found = tuple(_queries(text, path))
    except (ValueError, RecursionError):
        yield UnreadQuery(text.span, "the dashboard here is not JSON that can be read")
        return
    for one in found:
        yield from _nodes(one)


def inline_dashboard(root: Cursor) -> Iterator[Node]:
    """The queries of a dashboard that stands in an object itself, in any of its forms."""
    pending = [(root, False, _Panel())]
    while pending:
        place, asked, panel = pending.pop()
        if asked:
            if panel.source in ("", _PROMETHEUS):
                certain = panel.source == _PROMETHEUS
                query = query_of(place, PANEL, panel.title, certain=certain)
                if query is not None and not _is_piped(query.text.text):
                    yield from query_nodes(query._replace(unit=panel.unit))
            continue
        fields = dict(place.entries())
        told = {key: one.word() for key, one in fields.items() if key in _TELLING}
        title = told.get("title", "")[:_LONGEST_NAME] or panel.title
        source = place.at("datasource", "type").word() or _kind_of_source(told) or panel.source
        panel = _Panel(title, source, _unit_there(place, panel.unit))
        inner = [(one, key == "expr", panel) for key, one in place.entries()]
        inner += [(one, False, panel) for one in place.items()]
        pending += reversed(inner)


def _unit_there(place: Cursor, above: str) -> str:
    """The same as `_unit`, of a panel that stands in an object."""
    config, axes = place["fieldConfig"], place["yaxes"]
    if place["type"].word() == _GRAPH and axes.exists:
        first = axes.items()[:1]
        return "" if not first or place[_OVERRIDES].items() else first[0]["format"].word()
    if not config.exists:
        return above
    overridden = any(
        setting["id"].word() == "unit"
        for one in config["overrides"].items()
        for setting in one["properties"].items()
    )
    return (
        ""
        if overridden or place["transformations"].items()
        else config.at("defaults", "unit").word()
    )


def _nodes(found: Query | UnreadQuery) -> Iterator[Node]:
    if isinstance(found, Query):
        yield from query_nodes(found)
    else:
        yield found


def _queries(text: MappedText, path: str = "") -> Iterator[Query | UnreadQuery]:
    """The queries of a dashboard in the order in which they are written.

    The reader of JSON tells what is a query of which panel, but not where it stands; both follow
    the text.
    """
    targets = list(_targets(json.loads(text.text)))
    places = list(_EXPRESSION.finditer(text.text))
    if len(targets) != len(places):
        told = f"{len(places)} queries are written, and {len(targets)} are read of them"
        yield UnreadQuery(text.span, told)
        return
    for target, place in zip(targets, places, strict=True):
        if target is None or target.source not in ("", _PROMETHEUS):
            continue
        inner = _unescaped(place[1], place.start(1))
        if inner.text != target.expression:
            span = inner.within(text).span
            yield UnreadQuery(span, "it cannot be told which query of the dashboard stands here")
            continue
        if _is_piped(inner.text):
            continue
        inner = inner.within(text)
        certain = target.source == _PROMETHEUS
        yield Query(inner.span, inner, PANEL, target.title, path, certain, unit=target.unit)


def _targets(root: object) -> Iterator[_Target | None]:
    """All strings under the key `expr` in order, with the panel in which each stands."""
    pending: list[tuple[object, _Panel]] = [(root, _Panel())]
    while pending:
        node, panel = pending.pop()
        if isinstance(node, _Written):
            yield _Target(node.text, *panel) if node.text.strip() else None
        elif isinstance(node, list):
            pending += [(one, panel) for one in reversed(node)]
        elif isinstance(node, dict):
            panel = _Panel(
                _titled(node, panel.title), _source(node, panel.source), _unit(node, panel.unit)
            )
            pending += [
                (_Written(one) if key == "expr" and isinstance(one, str) else one, panel)
                for key, one in reversed(node.items())
            ]


class _Panel(NamedTuple):
    """What a panel says of all its queries."""

    title: str = ""
    source: str = ""
    unit: str = ""


def _unit(node: dict[str, object], above: str) -> str:
    """The unit in which a panel shows all that it is given as it is; empty where it may not."""
    config, axes = node.get("fieldConfig"), node.get("yaxes")
    if node.get("type") == _GRAPH and isinstance(axes, list):
        first = axes[0] if axes and not node.get(_OVERRIDES) else None
        unit = first.get("format") if isinstance(first, dict) else None
        return unit if isinstance(unit, str) else ""
    if not isinstance(config, dict):
        return above
    defaults = config.get("defaults")
    unit = defaults.get("unit") if isinstance(defaults, dict) else None
    if node.get("transformations") or '"unit"' in json.dumps(config.get("overrides")):
        return ""
    return unit if isinstance(unit, str) else ""


def _titled(node: dict[str, object], above: str) -> str:
    title = node.get("title")
    return title[:_LONGEST_NAME] if isinstance(title, str) and title else above


def _source(node: dict[str, object], above: str) -> str:
    told = node.get("datasource")
    kind = told.get("type") if isinstance(told, dict) else None
    return kind if isinstance(kind, str) else _kind_of_source(node) or above


def _kind_of_source(node: Mapping[str, object]) -> str:
    """What a query of the newer form asks, which says so itself: its group, once its kind.

    https://grafana.com/docs/grafana/latest/observability-as-code/schema-v2/
    """
    kind = node.get("kind")
    found = node.get("group") if kind == "DataQuery" else kind
    # All other kinds begin with a capital letter.
    return found if isinstance(found, str) and found.islower() else ""


def _is_piped(text: str) -> bool:
    """Whether a query is in another language, as that of Loki."""
    return "|" in text and "|" in bare(text)


def _unescaped(written: str, start: int) -> MappedText:
    """The string that JSON makes of what stands between its quotes."""
    if "\\" not in written:
        return MappedText.verbatim(written, start)
    escapes = _ESCAPE.finditer(written)
    pieces = [(*match.span(), json.loads(f'"{match[0]}"')) for match in escapes]
    return MappedText.verbatim(written, start).replaced(pieces)
