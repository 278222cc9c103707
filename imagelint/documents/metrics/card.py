"""A scorecard that `imagelint score --format json` wrote, as something to judge beside an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.image.jsonview import plain
from imagelint.documents.yaml.document import read_stream
from imagelint.documents.yaml.load import Cursor
from imagelint.documents.yaml.nodes import Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node

FORM = "imagelint.scorecard/1"


class ScoredSignal(NamedTuple):
    """A signal that could be told, with its score and the one below which it fails."""

    span: Span
    name: str
    title: str
    score: float
    fail_under: float
    path: str = ""

    @property
    def fails(self) -> bool:
        """Whether it is a breach, or below what is asked for."""
        return self.score <= 0 or self.score < self.fail_under


class SavedScorecard(Document):
    """The signals of a scorecard. What could not be told, or read, is a gap."""

    kind: ClassVar[str] = "scorecard"
    __slots__ = ("signals",)

    def __init__(
        self, source: Source, signals: tuple[ScoredSignal, ...], gaps: tuple[DocumentError, ...]
    ) -> None:
        super().__init__(source, gaps=gaps)
        self.signals = signals

    def nodes(self) -> Iterator[Node]:
        """The signals."""
        yield from self.signals


def parse_scorecard(source: Source) -> SavedScorecard:
    """The scorecard of a text.

    Raises:
        DocumentError: it is none of this form.
    """
    stream = read_stream(source, SavedScorecard.kind)
    root = Cursor(stream.documents[0] if stream.documents else None)
    if root["schema"].word() != FORM:
        raise DocumentError(ProblemKind.UNPARSABLE, f"is no scorecard (`{FORM}`)")
    least = _number(root["fail_under"]) or 0.0
    signals: list[ScoredSignal] = []
    gaps: list[DocumentError] = []
    for place in _items(root["signals"]):
        score = _number(place["score"])
        title = plain(place["title"].word())
        if score is None:
            detail = f"{title}: could not tell: {plain(place['why'].word())}"
            gaps.append(DocumentError(ProblemKind.INCONCLUSIVE, detail, place.span))
            continue
        name, span = plain(place["name"].word()), place["score"].span
        signals.append(ScoredSignal(span, name, title, score, least, place.path))
    for place in _items(root["problems"]):
        detail = f"{plain(place['origin'].word())}: {plain(place['detail'].word())}"
        gaps.append(DocumentError(ProblemKind.INCONCLUSIVE, detail, place.span))
    if not (signals or gaps):
        raise DocumentError(ProblemKind.UNPARSABLE, "has no signals")
    return SavedScorecard(source, tuple(signals), tuple(gaps))


def _items(place: Cursor) -> Iterator[Cursor]:
    if isinstance(place.node, Sequence):
        for index in range(len(place.node.items)):
            yield place[index]


def _number(place: Cursor) -> float | None:
    fact = place.number()
    return fact.value if isinstance(fact, Known) else None
