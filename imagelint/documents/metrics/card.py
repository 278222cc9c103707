"""A scorecard that `imagelint score` wrote, as JSON or a statement: to judge beside an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagelint.core.record import NamedTuple
from imagelint.core.report import Outcome, ProblemKind
from imagelint.core.serving.scorecard import PREDICATE, Bounds, Period
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.evaluation.plan import DIGEST
from imagelint.documents.image.jsonview import plain
from imagelint.documents.yaml.strict import items, number, read_object, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node
    from imagelint.documents.yaml.load import Cursor

FORM = "imagelint.scorecard/1"
_ROUNDED = 1e-6


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


class SavedSignal(NamedTuple):
    """A signal as it was saved: `score` None where it could not be told, and `why`.

    `is_open` tells that `value` is the least that it may be: it lies above the last bucket of a
    histogram. `about` is `serving` or `quality`, empty where nothing says so.
    """

    span: Span
    name: str
    title: str
    about: str
    score: float | None
    value: float | None
    bounds: Bounds
    why: str
    path: str
    is_open: bool = False

    def worth(self, bounds: Bounds) -> float | None:
        """What its value is worth by some bounds; None where nothing can be told."""
        if self.value is None:
            return None
        score = bounds.score(self.value)
        return None if self.is_open and score else score

    def told(self, least: float) -> ScoredSignal | DocumentError:
        """The signal for those who judge it, or that it could not be told."""
        if self.score is None:
            detail = f"{self.title}: could not tell: {self.why}"
            return DocumentError(ProblemKind.INCONCLUSIVE, detail, self.span)
        return ScoredSignal(self.span, self.name, self.title, self.score, least, self.path)


class SavedScorecard(Document):
    """The signals of a scorecard. What could not be told, or read, is a gap.

    `saved` are all its signals, `others` what else there is to judge, `digest` is that of the image
    that was measured, empty where nobody said so, and `measured` when that was. `facts` tell where
    and when it was read, `unanswered` what could not be.
    """

    kind: ClassVar[str] = "scorecard"
    __slots__ = (
        "_digest",
        "_others",
        "facts",
        "fail_under",
        "measured",
        "saved",
        "signals",
        "unanswered",
    )

    def __init__(  # noqa: PLR0913 - the parts of a document
        self,
        source: Source,
        saved: tuple[SavedSignal, ...],
        fail_under: float,
        *,
        digest: str = "",
        facts: tuple[tuple[str, str], ...] = (),
        measured: Period = Period(),  # noqa: B008 - it cannot be changed
        others: tuple[Node, ...] = (),
        gaps: Iterable[DocumentError] = (),
    ) -> None:
        told = [one.told(fail_under) for one in saved]
        untold = (one for one in told if isinstance(one, DocumentError))
        self.unanswered = tuple(gaps)
        super().__init__(source, gaps=(*untold, *self.unanswered))
        self.signals = tuple(one for one in told if isinstance(one, ScoredSignal))
        self.saved = saved
        self.fail_under = fail_under
        self.facts = facts
        self.measured = measured
        self._digest = digest
        self._others = others

    @property
    def digest(self) -> str:
        """The digest of the image."""
        return self._digest

    @property
    def outcome(self) -> Outcome:
        """Fail where a signal does; what could not be told is no pass."""
        if any(signal.fails for signal in self.signals):
            return Outcome.FAIL
        return Outcome.INCOMPLETE if self.gaps else Outcome.PASS

    def nodes(self) -> Iterator[Node]:
        """The signals that could be told, and what speaks against all of them."""
        yield from self.signals
        yield from self._others


def parse_scorecard(source: Source) -> SavedScorecard:
    """The scorecard of a text.

    Raises:
        DocumentError: it is none of this form, or contradicts itself.
    """
    root = read_object(source, SavedScorecard.kind)
    stated = root["predicateType"].word() == PREDICATE
    subjects = tuple(items(root["subject"])) if stated else ()
    root = root["predicate"] if stated else root
    if root["schema"].word() != FORM:
        raise DocumentError(ProblemKind.UNPARSABLE, f"is no scorecard (`{FORM}`)")
    saved = tuple(_signal(place) for place in items(root["signals"]))
    gaps = tuple(_problem(place) for place in items(root["problems"]))
    if not (saved or gaps):
        raise DocumentError(ProblemKind.UNPARSABLE, "has no signals")
    digest = root["image"].word()
    if digest and not DIGEST.fullmatch(digest):
        raise unreadable(root["image"], "is no digest")
    if stated and [f"sha256:{one.at('digest', 'sha256').word()}" for one in subjects] != [digest]:
        raise unreadable(root["image"], "is not the one image that the statement is about")
    facts = tuple((key, plain(root[key].word())) for key in ("origin", "engine", "window", "read"))
    times = Period(*(plain(root["measured"][key].word()) for key in ("from", "to")))
    least = _share(root["fail_under"]) or 0.0
    card = SavedScorecard(
        source, saved, least, digest=digest, facts=facts, measured=times, gaps=gaps
    )
    told = root["verdict"]["outcome"]
    if told.exists and told.word() != card.outcome.value:
        raise unreadable(told, f"is `{plain(told.word())}`, which its signals contradict")
    return card


def _problem(place: Cursor) -> DocumentError:
    detail = f"{plain(place['origin'].word())}: {plain(place['detail'].word())}"
    return DocumentError(ProblemKind.INCONCLUSIVE, detail, place.span)


def _signal(place: Cursor) -> SavedSignal:
    score = _share(place["score"])
    saved = SavedSignal(
        place["score"].span if score is not None else place.span,
        name=plain(place["name"].word()),
        title=plain(place["title"].word()),
        about=place["about"].word(),
        score=score,
        value=number(place["value"]),
        bounds=Bounds(number(place["target"]), number(place["breach"])),
        why=plain(place["why"].word()),
        path=place.path,
        is_open=number(place["least"]) is not None and number(place["most"]) is None,
    )
    target, breach = saved.bounds.target, saved.bounds.breach
    if None in (score, saved.value, target, breach) or target == breach:
        return saved
    worth = saved.worth(saved.bounds)
    if worth is None or abs(worth - (score or 0.0)) > _ROUNDED:
        raise unreadable(place["score"], "is not what its value is worth")
    return saved


def _share(place: Cursor) -> float | None:
    share = number(place)
    if share is not None and not 0 <= share <= 1:
        raise unreadable(place, "is not between 0 and 1")
    return share
