"""Ask a Prometheus server, or what speaks its API: Thanos, Mimir, VictoriaMetrics."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING

from imagelint.collect.metrics.endpoint import refusal, unanswered
from imagelint.collect.registry.transport import TransportError, ask
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.metrics.api import ApiError, read_answer, rows_by_time
from imagelint.documents.metrics.measure import MODEL, Present
from imagelint.documents.metrics.question import promql, selector

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.metrics.endpoint import Endpoint
    from imagelint.documents.metrics.api import ApiAnswer
    from imagelint.documents.metrics.question import Question, Rows

_OK = 200
_MOST_BYTES = 16 * 1024 * 1024
_QUESTION_SECONDS = 30.0
_STEPS = 60
_PARTS = 12
"""A point of a plot looks back over a twelfth of the window, or a minute where that is more."""
_SHORTEST_SECONDS = 60.0


class Window(NamedTuple):
    """The time about which is asked: its end in seconds since 1970, and its length."""

    end: float
    seconds: float

    @property
    def step(self) -> float:
        """Seconds from one point of a plot to the next."""
        return self.seconds / _STEPS

    @property
    def back(self) -> float:
        """Over how many seconds a point looks back."""
        return min(self.seconds, max(self.seconds / _PARTS, _SHORTEST_SECONDS))


class PrometheusServer:
    """Answers from a server. After a first problem nothing more is asked, and nothing answered."""

    def __init__(self, place: Endpoint, window: Window, deadline: Deadline) -> None:
        self._place = place
        self._window = window
        self._deadline = deadline
        self.problem: Problem | None = None

    def present(self, wanted: Collection[str], like: Question) -> Present:
        """Which of some metrics there are in the window, with the labels of a question."""
        seconds = f"{self._window.seconds * 1000:.0f}ms"
        return self._counted(f"last_over_time({_any_of(wanted, like)}[{seconds}])")

    def latest(self, wanted: Collection[str], like: Question) -> Present:
        """Which of them there still are at its end."""
        return self._counted(_any_of(wanted, like))

    def _counted(self, series: str) -> Present:
        answer = self._instant(f"count by (__name__, {MODEL}) ({series})")
        found = answer.samples if answer else ()
        return Present.of((sample.name, sample.labels) for sample in found)

    def total(self, question: Question) -> Rows:
        """The answer over the whole window."""
        answer = self._instant(promql(question, self._window.seconds))
        rows = rows_by_time(answer) if answer else {}
        return next(iter(rows.values()), ())

    def over(self, question: Question) -> Mapping[float, Rows]:
        """The answers over the window, by time."""
        end, step = self._window.end, self._window.step
        asked = {
            "query": promql(question, self._window.back),
            "start": f"{end - self._window.seconds + self._window.back:.3f}",
            "end": f"{end:.3f}",
            "step": f"{step:.3f}",
        }
        answer = self._ask("query_range", asked)
        return rows_by_time(answer) if answer else {}

    def _instant(self, expression: str) -> ApiAnswer | None:
        return self._ask("query", {"query": expression, "time": f"{self._window.end:.3f}"})

    def _ask(self, what: str, asked: Mapping[str, str]) -> ApiAnswer | None:
        if self.problem is not None:
            return None
        found = self._answer(what, asked)
        if isinstance(found, Problem):
            self.problem = found
            return None
        return found

    def _answer(self, what: str, asked: Mapping[str, str]) -> ApiAnswer | Problem:
        seconds = self._deadline.left(_QUESTION_SECONDS)
        if not seconds:
            return self._deadline.problem(self._place.shown, "not all was asked")
        path = f"/api/v1/{what}?{urllib.parse.urlencode(asked)}"
        question = self._place.question(path, "application/json", seconds)
        try:
            response = ask(question._replace(most=_MOST_BYTES))
        except TransportError as error:
            return unanswered(self._place, error)
        if response.status != _OK:
            return refusal(self._place, response)
        try:
            answer = read_answer(response.body)
        except ApiError as error:
            return Problem(ProblemKind.UNPARSABLE, self._place.shown, str(error))
        if answer.warnings:
            detail = f"answered with a part of the whole: {answer.warnings[0]}"
            return Problem(ProblemKind.UNREACHABLE, self._place.shown, detail)
        return answer


def _any_of(wanted: Collection[str], like: Question) -> str:
    names = ("__name__", "|".join(sorted(wanted)))
    return selector(like._replace(where=(names, *like.where)))
