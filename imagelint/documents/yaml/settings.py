"""Settings in YAML: values of charts, and the scalars of a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.base import Document
from imagelint.documents.shared import Holder, Setting
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream, replaced_secrets
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import contiguous

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Node


def setting(name: str, place: Cursor, holder: Holder, skip: int = 0) -> Iterator[Setting]:
    """The setting that a scalar is; `skip` characters of it are not the value (`NAME=`)."""
    scalar = place.node
    if not isinstance(scalar, Scalar) or scalar.value is None:
        return
    span = contiguous(scalar)
    at = Span(span.start + skip, span.end) if span else scalar.span
    yield Setting(at, name, scalar.text[skip:], holder, span is not None, path=place.path)


class ChartValues(Document):
    """The values of a chart: every scalar under its key."""

    kind = "values"
    __slots__ = ("roots",)

    def __init__(self, source: Source) -> None:
        stream = read_stream(source, self.kind)
        super().__init__(source, complaints=duplicate_complaints(stream))
        self.roots = tuple(map(Cursor, stream.documents))

    def nodes(self) -> Iterator[Node]:
        """Each setting, in order."""
        pending = [("", root) for root in reversed(self.roots)]
        while pending:
            name, place = pending.pop()
            yield from setting(name, place, Holder.CHART_VALUES)
            pending += [(name, item) for item in reversed(place.items())]
            pending += reversed(place.entries())

    def concealed(self) -> Iterator[Span]:
        """Also the secrets that are written over."""
        yield from super().concealed()
        yield from replaced_secrets(self)


def parse_values(source: Source) -> ChartValues:
    """Read the values of a chart.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return ChartValues(source)
