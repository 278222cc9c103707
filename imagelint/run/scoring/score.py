"""A scorecard: where its metrics are read, whose they are, and what they say."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.environment import moment, moment_of, now
from imagelint.collect.metrics.endpoint import Endpoint, endpoint
from imagelint.collect.metrics.page import read_page
from imagelint.collect.metrics.prometheus import PrometheusServer, Window
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.serving.scorecard import SIGNALS, Period, Scorecard, ScorecardSettings
from imagelint.documents.metrics.exposition import Limit, from_pages
from imagelint.documents.metrics.measure import (
    MODEL,
    Measured,
    Present,
    counter_names,
    engines_in,
    measure,
    wanted_names,
)
from imagelint.documents.metrics.over import SampleAnswers
from imagelint.documents.metrics.question import Question, Reading
from imagelint.evaluation.scorecard import serving_signal
from imagelint.run.scoring.quality import with_quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.documents.metrics.exposition import Sample
    from imagelint.documents.metrics.measure import Answering
    from imagelint.documents.metrics.question import Pairs
    from imagelint.documents.metrics.samples import Samples

_PAGE_SECONDS = 60.0
_MOST_MODELS = 5
_ONE_SERVER = "are the pages of several servers in one? Give those of one server"
_STARTED = "process_start_time_seconds"
"""What client libraries of Prometheus tell of the process that they are in."""


class ScoreRequest(NamedTuple):
    """What is asked for.

    Either a Prometheus server with the `seconds` before now, or pages: one address or file, or
    several that were taken one after the other; an address alone is asked again after `pause`
    seconds, if any. `labels` choose series, `engine` tells whose metrics count. `evaluation` is a
    statement about the quality of what is served, `image` the digest of that.
    """

    prometheus: str = ""
    pages: tuple[str, ...] = ()
    seconds: float = 3600.0
    pause: float = 0.0
    labels: Pairs = ()
    engine: str = ""
    evaluation: str = ""
    image: str = ""
    settings: ScorecardSettings = ScorecardSettings()
    deadline: Deadline = NEVER


class _Read(NamedTuple):
    """What was read: under which name, over which time, and which series there are."""

    origin: str
    window: str
    present: Present
    answers: Answering
    measured: Period = Period()


def score(request: ScoreRequest) -> Scorecard:
    """The scorecard of a server. What cannot be read or told is said in it."""
    card = _serving(request)._replace(image=request.image, read=moment())
    return with_quality(card, request.evaluation) if request.evaluation else card


def _serving(request: ScoreRequest) -> Scorecard:
    read = _from_server(request) if request.prometheus else _from_pages(request)
    if isinstance(read, Problem):
        return _scorecard(request, read.origin, Measured(why="nothing could be read"), read)
    engine = request.engine or _engine(read)
    if isinstance(engine, Problem):
        return _scorecard(request, read.origin, Measured(why="nothing could be read"), engine)
    measured = {
        name: measure(engine, name, read.present.names, request.labels, read.answers)
        for name in SIGNALS
    }
    problem = read.answers.problem if isinstance(read.answers, PrometheusServer) else None
    if problem:
        measured = {name: _told(one) for name, one in measured.items()}
    problem = problem or _mixed(read)
    card = _scorecard(request, read.origin, measured, problem)
    return card._replace(engine=engine, window=read.window, measured=read.measured)


def _told(measured: Measured) -> Measured:
    """What was measured before a server stopped to answer; why it did is told elsewhere."""
    unread = Measured(why="not all could be read")
    return unread if measured.value is None else measured


def _scorecard(
    request: ScoreRequest,
    origin: str,
    measured: dict[str, Measured] | Measured,
    problem: Problem | None,
) -> Scorecard:
    settings = request.settings
    signals = []
    for kind in SIGNALS.values():
        bounds = settings.of(kind)
        if bounds.wanted is False:
            continue
        found = measured if isinstance(measured, Measured) else measured[kind.name]
        signals.append(serving_signal(kind, bounds, found))
    problems = (problem,) if problem else ()
    least = settings.fail_under or 0.0
    return Scorecard(origin, request.engine, "", tuple(signals), problems, least)


def _engine(read: _Read) -> str | Problem:
    """The one engine whose metrics there are."""
    if isinstance(read.answers, PrometheusServer) and read.answers.problem:
        return read.answers.problem
    found = engines_in(read.present.names)
    if len(found) == 1:
        return found[0]
    if found:
        detail = f"there are metrics of several engines: {', '.join(found)}"
        help_ = "choose by `--engine`, or by `--label`"
        return Problem(ProblemKind.UNRECOGNISED, read.origin, detail, help=help_)
    detail = "there are no metrics of an engine that is known"
    help_ = "are they switched on, and are the labels right?"
    return Problem(ProblemKind.UNRECOGNISED, read.origin, detail, help=help_)


def _from_server(request: ScoreRequest) -> _Read | Problem:
    place = endpoint(request.prometheus)
    if isinstance(place, Problem):
        return place
    window = Window(float(now()), request.seconds)
    server = PrometheusServer(place, window, request.deadline)
    like = Question(Reading.WORST, "", request.labels)
    present = server.present(wanted_names(), like)
    if present.names and not server.latest(wanted_names(), like).names and not server.problem:
        detail = "nothing was scraped at the end of the window: what served is away, or not watched"
        help_ = "see `up` in Prometheus"
        return Problem(ProblemKind.INCONCLUSIVE, place.shown, detail, help=help_)
    measured = Period(moment_of(window.end - window.seconds), moment_of(window.end))
    return _Read(place.shown, f"the last {_spoken(request.seconds)}", present, server, measured)


def _from_pages(request: ScoreRequest) -> _Read | Problem:
    pages: list[list[Sample]] = []
    asked: list[str] = []
    places = request.pages * 2 if request.pause and len(request.pages) == 1 else request.pages
    for at, place in enumerate(places):
        if at and request.pause:
            time.sleep(request.deadline.left(request.pause))
        wanted = wanted_names() | {_STARTED}
        page = read_page(place, wanted, request.deadline.left(_PAGE_SECONDS))
        if isinstance(page, Problem):
            return page
        pages.append(page)
        asked.append(moment() if "://" in place else "")
    origin = _shown(places[-1])
    if _are_of_several(pages):
        detail = "the pages are of different processes: it was restarted, or another one answered"
        help_ = "ask one replica by its own address"
        return Problem(ProblemKind.INCONCLUSIVE, origin, detail, help=help_)
    try:
        samples = from_pages(pages)
    except Limit as error:
        return Problem(ProblemKind.TOO_LARGE, origin, str(error))
    except ValueError as error:
        return Problem(ProblemKind.UNPARSABLE, origin, str(error), help=_ONE_SERVER)
    present = _chosen(samples, request.labels)
    measured = _measured(samples, pages, asked)
    return _Read(origin, _said(samples, len(pages)), present, SampleAnswers(samples), measured)


def _measured(samples: Samples, pages: Sequence[Sequence[Sample]], asked: Sequence[str]) -> Period:
    """From when to when pages tell, `asked` of servers then; of a file only its own times say it.

    What a single page tells began with its process, of which it may tell too.
    """
    if not samples.lifetime:
        told = Period(asked[0], asked[-1])
        return told if samples.complete else _timed(pages)
    starts = {one.value for one in pages[0] if one.name == _STARTED}
    start = moment_of(starts.pop()) if len(starts) == 1 else ""
    return Period(start, _timed(pages).end or asked[-1])


def _timed(pages: Sequence[Sequence[Sample]]) -> Period:
    """From when to when samples are; without a time, one may be from before all others."""
    times = [one.time for page in pages for one in page]
    known = [time for time in times if time is not None]
    if not known:
        return Period()
    return Period(moment_of(min(known)) if len(known) == len(times) else "", moment_of(max(known)))


def _are_of_several(pages: Sequence[Sequence[Sample]]) -> bool:
    """Whether pages tell of different starts, or a counter falls from one to the next.

    What lies between them says nothing then.
    """
    starts = [frozenset(one.value for one in page if one.name == _STARTED) for page in pages]
    if len({start for start in starts if start}) > 1:
        return True
    counters = counter_names()
    before: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for page in pages:
        counted = {
            (one.name, frozenset(one.labels.items())): one.value
            for one in page
            if one.name in counters
        }
        if any(value < before.get(series, value) for series, value in counted.items()):
            return True
        before = counted
    return False


def _chosen(samples: Samples, labels: Pairs) -> Present:
    """The series that have some labels."""
    return Present.of(
        (name, one.labels)
        for name, rows in samples.series.items()
        for one in rows
        if Question(Reading.WORST, name, labels).selects(one.labels)
    )


def _mixed(read: _Read) -> Problem | None:
    """That several models were measured together, of which a good one may hide a bad one."""
    models = sorted(read.present.models)
    if len(models) <= 1:
        return None
    named = ", ".join(models[:_MOST_MODELS]) + (" …" if len(models) > _MOST_MODELS else "")
    detail = f"the signals are of {len(models)} models together: {named}"
    help_ = f"score each by itself: `--label {MODEL}={models[0]}`"
    return Problem(ProblemKind.INCONCLUSIVE, read.origin, detail, help=help_)


def _shown(place: str) -> str:
    found = endpoint(place) if "://" in place else place
    return found.shown if isinstance(found, Endpoint) else place


def _said(samples: Samples, pages: int) -> str:
    """Over which time samples tell something, in words."""
    if samples.lifetime:
        return "since the server was started"
    if samples.complete:
        return f"between {pages} scrapes"
    return f"{_spoken(samples.seconds)} of saved samples"


def _spoken(seconds: float) -> str:
    units: Sequence[tuple[str, float]] = (("h", 3600.0), ("min", 60.0))
    for unit, size in units:
        if seconds >= size and not seconds % size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:.4g} s"
