"""Ask hosts no more than they bear: limits, `Retry-After`, back-off, and a breaker for each host.

A host that answers 429, or 503 with `Retry-After`, is left alone for as long as it says, by all
threads. One that gives no proper answer several times in a row is left alone for a while; when that
has not helped a few times, it is given up, and what is still to be asked of it fails at once. Other
hosts do not notice.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.environment import now as wall_clock
from imagelint.collect.registry.transport import Question, Response, TransportError
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOREVER = 1e9
_LONGEST_BACKOFF = 30.0
_LONGEST_PAUSE = 600.0
"""Seconds for which a host is left alone as it asks, where no deadline bounds them: for lists."""
_TRIPS = 5
_REST_SECONDS = 10.0
_MOST_RESTS = 3
_TOO_MANY, _UNAVAILABLE, _ERROR = 429, 503, 500


class Limits(NamedTuple):
    """What one host bears: questions at once, questions a second, and questions in all (0: any).

    `attempts` is how often one question is asked where no proper answer comes.
    """

    connections: int = 8
    rate: float = 0.0
    budget: int = 0
    attempts: int = 4


class HostState(NamedTuple):
    """How it stands with a host: questions, those that it put off, and how long it is left alone.

    `given_up` tells why nothing more is asked of it; empty while it is asked.
    """

    host: str
    questions: int
    put_off: int
    waits: float
    given_up: str


class _Host:
    """What is known of a host, and the turnstile before it."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.lock = threading.Lock()
        self.slots = threading.BoundedSemaphore(limits.connections)
        self.next = 0.0
        self.paused_until = 0.0
        self.questions = 0
        self.put_off = 0
        self.failures = 0
        self.rests = 0
        self.given_up = ""


class Clock(NamedTuple):
    """Time and chance, to be replaced in tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    wall: Callable[[], int] = wall_clock


class PoliteAsker:
    """Asks by another function, as politely as the limits say. Threads share it.

    `seconds` are those for one question with all its attempts, where no deadline bounds them: for
    lists, whose pages nobody can count before. What a host asks to wait is not counted; 0: any.
    """

    def __init__(
        self,
        by: Callable[[Question], Response],
        limits: Limits,
        clock: Clock | None = None,
        seconds: float = 0,
    ) -> None:
        self._by = by
        self._limits = limits
        self._seconds = seconds
        self._clock = clock or Clock()
        self._stopped = threading.Event()
        # Nobody sleeps on when all is stopped.
        self._sleep = clock.sleep if clock else self._stopped.wait
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._own = threading.local()

    @contextmanager
    def until(self, deadline: Deadline) -> Iterator[None]:
        """Bound all that this thread asks, waits included, for as long as `with` lasts."""
        self._own.deadline = deadline
        try:
            yield
        finally:
            self._own.deadline = NEVER

    def stop(self) -> None:
        """Ask nothing more: who waits, or asks from now on, is told so."""
        self._stopped.set()

    def states(self) -> tuple[HostState, ...]:
        """How it stands with all hosts that were asked."""
        now = self._clock.now()
        with self._lock:
            hosts = sorted(self._hosts.values(), key=lambda host: host.name)
        return tuple(
            HostState(
                each.name,
                each.questions,
                each.put_off,
                max(0.0, each.paused_until - now),
                each.given_up,
            )
            for each in hosts
        )

    def __call__(self, question: Question) -> Response:
        """The answer to a question, at the latest after some attempts.

        Raises:
            TransportError: there is none, or none in time; `held` where the host puts us off.
        """
        host = self._host(urlsplit(question.url).netloc)
        patience = None
        for attempt in range(1, self._limits.attempts + 1):
            last = attempt == self._limits.attempts
            self._admit(host)
            patience = patience or self._patience()
            answer = self._attempt(host, question, patience)
            if isinstance(answer, TransportError):
                self._failed(host, str(answer))
                if last or not self._rest(self._backoff(attempt), patience):
                    raise answer
                continue
            wait = self._wait(answer, attempt)
            if wait is None:
                host.failures = host.rests = 0
                return answer
            told = "retry-after" in answer.headers
            if told or answer.status == _TOO_MANY:
                self._put_off(host, wait)
            else:
                self._failed(host, f"it answers {answer.status}")
            if last or not (told or self._rest(wait, patience)):
                return answer
            patience = None if told else patience
        raise AssertionError("there is always a last attempt")

    def _attempt(
        self, host: _Host, question: Question, patience: Deadline
    ) -> Response | TransportError:
        """One try; an error that another one would not change is raised."""
        try:
            with host.slots:
                return self._by(question._replace(seconds=patience.left(question.seconds)))
        except TransportError as error:
            if error.tls or error.large or error.status:
                raise
            return error

    def _host(self, name: str) -> _Host:
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = _Host(name, self._limits)
            return self._hosts[name]

    def _deadline(self) -> Deadline:
        deadline: Deadline = getattr(self._own, "deadline", NEVER)
        return deadline

    def _left(self, most: float) -> float:
        return self._deadline().left(most)

    def _patience(self) -> Deadline:
        """How long one question may take from now on."""
        deadline = self._deadline()
        return Deadline(self._seconds) if deadline is NEVER else deadline

    def _admit(self, host: _Host) -> None:
        """Wait until the host may be asked.

        Raises:
            TransportError: that would take too long, or it is asked no more.
        """
        while True:
            if self._stopped.is_set():
                raise TransportError("all was stopped", held=True)
            with host.lock:
                now = self._clock.now()
                if host.given_up:
                    raise TransportError(f"{host.name} was given up: {host.given_up}")
                if self._limits.budget and host.questions >= self._limits.budget:
                    why = f"the {self._limits.budget:,} questions for {host.name} are used up"
                    raise TransportError(why, held=True)
                start = max(now, host.next, host.paused_until)
                if start <= now:
                    host.questions += 1
                    if self._limits.rate:
                        host.next = now + 1 / self._limits.rate
                    return
                paused = host.paused_until > now
            wait = start - now
            if self._left(_LONGEST_PAUSE if paused else _FOREVER) < wait:
                why = f"{host.name} asks to be left alone for {wait:.0f} more seconds"
                raise TransportError(why if paused else "it is not our turn in time", held=True)
            self._sleep(wait)

    def _wait(self, answer: Response, attempt: int) -> float | None:
        """How long to wait before a question is asked again; None: it need not be."""
        said = answer.headers.get("retry-after", "")
        if answer.status == _TOO_MANY or (answer.status == _UNAVAILABLE and said):
            asked = retry_after(said, self._clock.wall())
            return self._backoff(attempt) if asked is None else asked
        return self._backoff(attempt) if answer.status >= _ERROR else None

    def _backoff(self, attempt: int) -> float:
        """Up to twice as long each time, by chance, so that not all come back at once."""
        most = min(_LONGEST_BACKOFF, 2.0**attempt)
        return float(most * (0.5 + self._clock.chance() / 2))

    def _rest(self, seconds: float, patience: Deadline) -> bool:
        """Wait; whether there is time left to ask again: else the last answer tells more."""
        self._sleep(patience.left(seconds))
        return patience.left(1.0) > 0

    def _put_off(self, host: _Host, wait: float) -> None:
        with host.lock:
            host.put_off += 1
            host.paused_until = max(host.paused_until, self._clock.now() + wait)

    def _failed(self, host: _Host, why: str) -> None:
        """Count a failure; several in a row trip the breaker, and several trips end it."""
        with host.lock:
            host.failures += 1
            if host.failures < _TRIPS:
                return
            host.failures = 0
            host.rests += 1
            if host.rests > _MOST_RESTS:
                host.given_up = why
                return
            rest = _REST_SECONDS * 2 ** (host.rests - 1)
            host.paused_until = max(host.paused_until, self._clock.now() + rest)


def retry_after(said: str, now: int) -> float | None:
    """The seconds that `Retry-After` asks for: a number, or a date; None: it says neither."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        return min(float(said), _FOREVER)
    if not said:
        return None
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
