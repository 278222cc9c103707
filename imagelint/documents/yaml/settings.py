"""Settings in YAML: values of charts, and the scalars of a mapping."""

from __future__ import annotations

from copy import copy
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT
from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.parts import Attachments
from imagelint.documents.project import beside
from imagelint.documents.shared import Holder, Setting
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream, replaced_secrets
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import contiguous, map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Landmark, Node
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.project import Project


def setting(name: str, place: Cursor, holder: Holder, skip: int = 0) -> Iterator[Setting]:
    """The setting that a scalar is; `skip` characters of it are not the value (`NAME=`)."""
    scalar = place.node
    if not isinstance(scalar, Scalar) or scalar.value is None:
        return
    span = contiguous(scalar)
    text = scalar.text[skip:]
    if span is not None:
        at = Span(span.start + skip, span.end)
        yield Setting(at, name, text, holder, verbatim=True, path=place.path)
        return

    def find() -> MappedText:
        written = map_scalar(scalar)
        return written.select(range(skip, len(written.text)), written.span)

    yield Setting(scalar.span, name, text, holder, verbatim=False, path=place.path, find=find)


# Below these stands how the keys of a Secret are called: `existingSecretKeys: {user: USER}`.
_KEYS_OF_SECRET = pattern(r"(?:.*S|s)ecretKey(?:s|Names?)")
# What a key of a Secret may be called, and people would call one: others write the secrets there.
_KEY = pattern(r"[A-Za-z._-]+(?:\d[A-Za-z._-]*){0,3}")


def chart_settings(
    roots: Iterable[Cursor], holder: Holder = Holder.CHART_VALUES
) -> Iterator[Setting]:
    """Every scalar of the values of charts, or of another holder, under its key, in order.

    A value beside a `name` is called so. What names the key of a Secret has no name: it stands
    beside `remoteRef`, as in an ExternalSecret
    (https://external-secrets.io/latest/api/externalsecret/), and below `existingSecretKeys`.
    """
    pending = [("", root) for root in reversed(tuple(roots))]
    while pending:
        name, place = pending.pop()
        yield from setting(name, place, holder)
        pending += [(name, item) for item in reversed(place.items())]
        pending += reversed(_children(name, place))


def _children(name: str, place: Cursor) -> list[tuple[str, Cursor]]:
    entries = place.entries()
    if _KEYS_OF_SECRET.fullmatch(name):
        return [("" if _KEY.fullmatch(child.word()) else key, child) for key, child in entries]
    if any(key == "remoteRef" for key, _ in entries):
        return [("" if key == "secretKey" else key, child) for key, child in entries]
    called = place["name"].word()
    return [(called if called and key == "value" else key, child) for key, child in entries]


# A word that stands in all values with a query.
_ASKING = ("seriesQuery", "expr")
# The folder in a chart of values to test it with: https://github.com/helm/chart-testing
_TESTED = "ci"


class ChartValues(Document):
    """The values of a chart: every scalar under its key."""

    kind = "values"
    __slots__ = ("_alone", "_taken", "roots")

    def __init__(self, source: Source) -> None:
        stream = read_stream(source, self.kind)
        super().__init__(
            source,
            complaints=duplicate_complaints(stream),
            allowances=comment_allowances(source, stream.documents),
        )
        self.roots = tuple(map(Cursor, stream.documents))
        self._alone = False
        self._taken = False

    def settle(self) -> ChartValues:
        """The values as those of a chart that somebody deploys with them: that is examined."""
        taken = copy(self)
        taken._taken = True  # noqa: SLF001 - of its own
        return taken

    def nodes(self) -> Iterator[Node]:
        """Each setting, in order, and the images of a chart that nobody here renders."""
        if self._alone:
            from imagelint.documents.gitops.valuenodes import value_nodes

            for root in self.roots:
                yield from value_nodes(root)
            yield from self._queries()
        yield from chart_settings(self.roots)

    def landmarks(self) -> Iterator[Landmark]:
        """What adapters serve, and rules record or alert on, by these values."""
        from imagelint.documents.promql.recorded import landmarks_among

        yield from landmarks_among(self._queries())

    def unread(self) -> tuple[DocumentError, ...]:
        """The queries that could not be examined."""
        from imagelint.documents.promql.query import unread_queries

        return (*self.gaps, *unread_queries(self))

    def _queries(self) -> Iterator[Node]:
        """The rules of Prometheus and of its adapter that a chart makes of these values."""
        if any(word in self.source.text for word in _ASKING):
            from imagelint.documents.promql.valuequeries import value_queries

            for root in self.roots:
                yield from value_queries(root)

    def within(self, project: Project) -> ChartValues:
        """The values, and whether nothing is made of them that is examined."""
        origin = self.source.origin
        above = "../" if basename(dirname(origin)) == _TESTED else ""
        if (
            self._taken
            or project.document(beside(origin, f"{above}Chart.yaml"), Document) is not ABSENT
        ):
            return self
        from imagelint.documents.yaml.servervalues import server_in

        alone = self.attach(Attachments())
        alone._alone = True  # noqa: SLF001 - of its own
        server = next(filter(None, map(server_in, self.roots)), None)
        if server is not None:
            alone.gaps = (*self.gaps, _unread(server.span))
        return alone

    def concealed(self) -> Iterator[Span]:
        """Also the secrets that are written over."""
        yield from super().concealed()
        yield from replaced_secrets(self)


def _unread(span: Span) -> DocumentError:
    message = "these values start a model server, and no chart is here that is rendered with them"
    help_ = (
        "put them beside their chart, or check what it makes: `helm template … | imagelint check -`"
    )
    return DocumentError(ProblemKind.UNREADABLE, message, span, help_)


def parse_values(source: Source) -> ChartValues:
    """Read the values of a chart.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return ChartValues(source)
