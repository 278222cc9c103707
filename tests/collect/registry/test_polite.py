"""Hosts are asked no more than they bear."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry.polite import Clock, Limits, PoliteAsker, retry_after
from imagelint.collect.registry.transport import Question, Response, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = Question("https://a.example.com/v2/")
OTHER = Question("https://b.example.com/v2/")
FINE = Response(200, {}, b"")


class World:
    """Time that passes only while somebody sleeps, and a host that answers what a test says."""

    def __init__(self, *answers: Response | TransportError) -> None:
        self.time = 0.0
        self.slept: list[float] = []
        self.asked: list[float] = []
        self.answers = list(answers)

    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep, lambda: 1.0, lambda: 1000)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def ask(self, _question: Question) -> Response:
        self.asked.append(self.time)
        answer = self.answers.pop(0) if self.answers else FINE
        if isinstance(answer, TransportError):
            raise answer
        return answer


def asker(world: World, rate: float = 0, budget: int = 0) -> PoliteAsker:
    return PoliteAsker(world.ask, Limits(rate=rate, budget=budget), world.clock())


def busy(after: str = "") -> Response:
    return Response(429, {"retry-after": after} if after else {}, b"")


def test_a_proper_answer_is_given_as_it_is() -> None:
    world = World(Response(404, {}, b"x"))
    assert asker(world)(ASKED) == Response(404, {}, b"x")
    assert world.slept == []


def test_what_the_host_asks_for_is_waited() -> None:
    world = World(busy("7"))
    assert asker(world)(ASKED) == FINE
    assert world.asked == [0, 7]


def test_without_a_time_it_is_waited_longer_each_time_and_told_in_the_end() -> None:
    world = World(busy(), busy(), busy(), busy())
    assert asker(world)(ASKED).status == 429
    assert world.slept[:1] == [2.0]
    assert world.asked == sorted(set(world.asked))
    assert len(world.asked) == 4


def test_a_date_is_waited_for_as_well() -> None:
    assert retry_after("Thu, 01 Jan 1970 00:16:45 GMT", 1000) == 5
    assert retry_after("Thu, 01 Jan 1970 00:00:01 GMT", 1000) == 0
    assert retry_after("3", 1000) == 3
    assert retry_after("soon", 1000) is None
    assert retry_after("", 1000) is None


def test_a_wait_beyond_the_time_that_is_left_is_not_begun() -> None:
    world = World(busy("3600"), busy("3600"))
    polite = asker(world)
    with polite.until(Deadline(5)), pytest.raises(TransportError, match="left alone") as caught:
        polite(ASKED)
    assert caught.value.held
    assert world.slept == []
    with polite.until(Deadline(5)), pytest.raises(TransportError, match="left alone"):
        polite(ASKED)
    assert len(world.asked) == 1
    world.answers.clear()
    assert polite(OTHER) == FINE


@pytest.mark.parametrize("answer", [TransportError("no such host"), Response(500, {}, b"")])
def test_when_the_time_is_up_the_last_answer_is_told_and_no_more_is_asked(
    answer: Response | TransportError, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(answer)
    monkeypatch.setattr(Deadline, "left", lambda _self, most: min(most, max(0.0, 1 - world.time)))
    if isinstance(answer, TransportError):
        with pytest.raises(TransportError, match="no such host"):
            asker(world)(ASKED)
    else:
        assert asker(world)(ASKED) == answer
    assert (world.asked, world.slept) == ([0], [1])


def test_errors_of_the_server_are_tried_again() -> None:
    world = World(Response(500, {}, b""), TransportError("reset"), Response(503, {}, b""))
    assert asker(world)(ASKED) == FINE
    assert len(world.asked) == 4


def test_the_last_error_is_told() -> None:
    world = World(*[TransportError("reset")] * 4)
    with pytest.raises(TransportError, match="reset"):
        asker(world)(ASKED)
    assert asker(World(*[Response(500, {}, b"")] * 4))(ASKED).status == 500


@pytest.mark.parametrize("kind", [{"tls": True}, {"large": True}, {"status": 500}])
def test_what_another_try_would_not_change_is_told_at_once(kind: dict[str, bool]) -> None:
    world = World(TransportError("no", **kind))
    with pytest.raises(TransportError):
        asker(world)(ASKED)
    assert len(world.asked) == 1


def test_a_host_that_never_answers_is_given_up_and_others_are_not() -> None:
    world = World(*[TransportError("reset")] * 1000)
    polite = asker(world)
    for _ in range(20):
        with pytest.raises(TransportError):
            polite(ASKED)
    # Five failures in a row, and after each of three rests five more.
    assert len(world.asked) == 20
    with pytest.raises(TransportError, match="was given up: reset"):
        polite(ASKED)
    assert {state.host: bool(state.given_up) for state in polite.states()} == {
        "a.example.com": True
    }
    world.answers.clear()
    assert polite(OTHER) == FINE


def test_a_good_answer_mends_the_breaker() -> None:
    world = World()
    polite = asker(world)
    for _ in range(10):
        world.answers = [TransportError("reset"), TransportError("reset"), FINE]
        assert polite(ASKED) == FINE
    assert max(world.slept) <= 4.0


def test_questions_a_second_are_bounded() -> None:
    world = World()
    polite = asker(world, rate=4)
    for _ in range(5):
        polite(ASKED)
    polite(OTHER)
    assert world.asked == [0, 0.25, 0.5, 0.75, 1.0, 1.0]


def test_a_turn_that_would_not_come_in_time_is_not_waited_for() -> None:
    world = World()
    polite = asker(world, rate=0.001)
    polite(ASKED)
    with polite.until(Deadline(5)), pytest.raises(TransportError, match="not our turn"):
        polite(ASKED)


def test_a_budget_is_not_overdrawn() -> None:
    world = World()
    polite = asker(world, budget=2)
    polite(ASKED)
    polite(ASKED)
    with pytest.raises(TransportError, match=r"questions for .* are used up") as caught:
        polite(ASKED)
    assert caught.value.held
    assert polite(OTHER) == FINE
    assert [(one.host, one.questions) for one in polite.states()] == [
        ("a.example.com", 2),
        ("b.example.com", 1),
    ]


def test_no_more_questions_at_once_than_the_host_bears() -> None:
    import threading

    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()
    gate = threading.Semaphore(0)

    def ask(_question: Question) -> Response:
        with lock:
            running.append(1)
            most.append(len(running))
        gate.acquire(timeout=5)
        with lock:
            running.pop()
        return FINE

    polite = PoliteAsker(ask, Limits(connections=3))
    work: Callable[[], object] = lambda: polite(ASKED)  # noqa: E731 - a thread wants a function
    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for _ in threads:
        gate.release()
    for thread in threads:
        thread.join()
    assert max(most) <= 3


class Silent(World):
    """A host that answers nobody, or puts each question off first."""

    def __init__(self, *answers: Response) -> None:
        super().__init__(*answers)
        self.patience: list[float] = []

    def ask(self, question: Question) -> Response:
        self.patience.append(question.seconds)
        if self.answers:
            return super().ask(question)
        self.time += question.seconds
        raise TransportError("no answer", late=True)


@pytest.mark.parametrize(
    ("seconds", "patience"),
    [(5.0, [5.0]), (40.0, [30.0, 8.0]), (0.0, [30.0] * 4)],
)
def test_all_attempts_together_take_no_longer_than_one_question_may(
    monkeypatch: pytest.MonkeyPatch, seconds: float, patience: list[float]
) -> None:
    world = Silent()
    passing = SimpleNamespace(monotonic=lambda: world.time)
    monkeypatch.setattr("imagelint.collect.deadline.time", passing)
    polite = PoliteAsker(world.ask, Limits(), world.clock(), seconds)
    with pytest.raises(TransportError, match="no answer"):
        polite(ASKED._replace(seconds=30.0))
    assert world.patience == patience


def test_what_a_host_asks_to_wait_is_not_taken_from_a_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = Silent(busy("300"))
    passing = SimpleNamespace(monotonic=lambda: world.time)
    monkeypatch.setattr("imagelint.collect.deadline.time", passing)
    polite = PoliteAsker(world.ask, Limits(), world.clock(), 5)
    with pytest.raises(TransportError, match="no answer"):
        polite(ASKED)
    assert (world.patience, world.asked) == ([5.0, 5.0], [0.0])
    assert world.time == 305
