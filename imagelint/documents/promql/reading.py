"""Queries in YAML and in what stands in its scalars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.promql.query import Query, code_of, query_nodes
from imagelint.documents.yaml.cursor import is_template
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.yaml.cursor import Cursor


def query_of(
    place: Cursor,
    use: str,
    name: str,
    *,
    certain: bool = True,
    within: MappedText | None = None,
) -> Query | None:
    """The query at a place; None where nothing is written there, or a template fills it.

    Arguments of what judges rollouts are variables in it, as those of dashboards are.
    `within` is the text that the place is in, where that stands in another one.
    """
    node = place.node
    if not isinstance(node, Scalar) or node.value is None or not node.text.strip():
        return None
    if is_template(code_of(node.text, use)):
        return None
    text = map_scalar(node)
    text = text if within is None else text.within(within)
    return Query(text.span, text, use, name, place.path, certain)


def query_at(
    place: Cursor,
    use: str,
    name: str,
    *,
    certain: bool = True,
    within: MappedText | None = None,
) -> Iterator[Node]:
    """The query at a place, and the metrics that it names."""
    query = query_of(place, use, name, certain=certain, within=within)
    if query is not None:
        yield from query_nodes(query)
