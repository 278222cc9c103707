"""A Prometheus server that fails in every way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.metrics import prometheus
from imagelint.collect.metrics.endpoint import Endpoint
from imagelint.collect.metrics.prometheus import PrometheusServer, Window
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.metrics.measure import Present
from imagelint.documents.metrics.question import Question, Reading
from tools.lab.serving import Pages

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = Question(Reading.WORST, "m")
NOTHING: dict[str, Any] = {"status": "success", "data": {"resultType": "vector", "result": []}}


def problem_of(page: Callable[[], Any], deadline: Deadline = NEVER) -> Problem:
    with Pages({"/api/v1/query": page, "/api/v1/query_range": page}) as pages:
        place = Endpoint(pages.url, pages.url)
        server = PrometheusServer(place, Window(1e9, 60), deadline)
        assert server.total(QUESTION) == ()
        asked = len(pages.asked)
        assert server.over(QUESTION) == {}
        assert server.present({"m"}, QUESTION) == Present()
        assert len(pages.asked) == asked  # nobody is asked twice who does not answer
    assert server.problem is not None
    return server.problem


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ("<html>", ProblemKind.UNPARSABLE, "not JSON"),
        (json.dumps(NOTHING | {"warnings": ["store away"]}), ProblemKind.UNREACHABLE, "store away"),
        ((422, {}, '{"error": "too slow"}'), ProblemKind.UNREACHABLE, "status 422: too slow"),
        ((503, {}, '{"error": 3}'), ProblemKind.UNREACHABLE, "status 503"),
        ((502, {}, "[]"), ProblemKind.UNREACHABLE, "status 502"),
        ((403, {}, ""), ProblemKind.UNAUTHORIZED, "status 403"),
        ((302, {"Location": "http://other.test/"}, ""), ProblemKind.UNREACHABLE, "not followed"),
    ],
)
def test_what_is_no_answer_is_told(answer: Any, kind: ProblemKind, said: str) -> None:
    found = problem_of(lambda: answer)
    assert found.kind is kind
    assert said in found.detail


def test_a_huge_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "_MOST_BYTES", 10)
    assert "more than 10 bytes" in problem_of(lambda: json.dumps(NOTHING)).detail


def test_there_may_be_no_time_left() -> None:
    found = problem_of(lambda: json.dumps(NOTHING), Deadline(1e-9))
    assert found.kind is ProblemKind.TIMED_OUT


def test_a_point_looks_back_over_a_twelfth_of_the_window() -> None:
    assert (Window(0, 3600).step, Window(0, 3600).back) == (60, 300)
    assert (Window(0, 120).back, Window(0, 30).back) == (60, 30)
