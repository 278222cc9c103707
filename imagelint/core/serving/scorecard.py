"""How well a model server serves: signals from 1 (target met) to 0 (severe breach)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import ExitCode, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.report import Problem


PREDICATE = "https://imagelint.dev/scorecard/v1"
"""The type of a statement whose predicate is a scorecard, as `score --format json` writes it."""


class Bounds(NamedTuple):
    """Where a signal is 1 (`target`) and where it is 0 (`breach`), in the signal's own unit.

    None was not said. A signal that is not `wanted` is no part of the scorecard.
    """

    target: float | None = None
    breach: float | None = None
    wanted: bool | None = None

    def over(self, below: Bounds) -> Bounds:
        """Both as one: what is said here wins. Associative; `Bounds()` is the identity."""
        return Bounds(
            below.target if self.target is None else self.target,
            below.breach if self.breach is None else self.breach,
            below.wanted if self.wanted is None else self.wanted,
        )

    def score(self, value: float) -> float:
        """1 at the target or on its good side, 0 at the breach or beyond, linear between.

        Either may be the larger one. The bounds must be said.

        Raises:
            ValueError: they are not, or are the same, or the value is not a number.
        """
        if self.target is None or self.breach is None or self.target == self.breach:
            raise ValueError("a score needs a target and a breach")
        share = (self.breach - value) / (self.breach - self.target)
        if share != share:  # noqa: PLR0124 - that is what is not a number
            raise ValueError("not a number")
        return min(1.0, max(0.0, share))


class SignalKind(NamedTuple):
    """A signal that is known: how it is called, its unit (`s`, `share`, `requests`, `ratio`)."""

    name: str
    title: str
    unit: str
    bounds: Bounds


# Targets and breaches where a policy says nothing. Latencies: half a second to the first token is
# what chats aim at, 2 s and 200 ms a token what MLPerf's server scenario allows a model of 70 B
# (https://github.com/mlcommons/inference_policies). Waiting requests: GKE and the production stack
# of vLLM scale out at 3 to 5 per replica, llm-d at 20. At 95 % of its KV cache an engine is about
# to preempt; a preemption computes a request again, so that one in ten requests is a breach.
SIGNALS = {
    kind.name: kind
    for kind in (
        SignalKind("ttft-p99", "time to first token, p99", "s", Bounds(0.5, 2.0)),
        SignalKind("tpot-p99", "time per output token, p99", "s", Bounds(0.05, 0.2)),
        SignalKind("kv-cache-use", "KV cache in use", "share", Bounds(0.85, 0.95)),
        SignalKind("queue-depth", "requests waiting", "requests", Bounds(5.0, 20.0)),
        SignalKind("preemptions", "preemptions per request", "ratio", Bounds(0.0, 0.1)),
        SignalKind("error-rate", "failed requests", "share", Bounds(0.01, 0.05)),
    )
}


USUAL_AGE_HOURS = 24
"""Hours for which a scorecard counts where no policy says: as long as a verdict."""


class ScorecardSettings(NamedTuple):
    """What a policy says about scorecards: bounds by signal, and below which score they fail.

    `max_age_hours` is how long ago the end of what was measured may be for a gate.
    """

    bounds: Mapping[str, Bounds] = {}
    fail_under: float | None = None
    max_age_hours: int | None = None

    @property
    def hours(self) -> int:
        """How old a scorecard may be, as it holds where nobody said it."""
        return USUAL_AGE_HOURS if self.max_age_hours is None else self.max_age_hours

    def over(self, below: ScorecardSettings) -> ScorecardSettings:
        """Both as one: what is said here wins.

        Associative; `ScorecardSettings()` is the identity.
        """
        names = {**below.bounds, **self.bounds}
        unsaid = Bounds()
        return ScorecardSettings(
            {
                name: self.bounds.get(name, unsaid).over(below.bounds.get(name, unsaid))
                for name in names
            },
            below.fail_under if self.fail_under is None else self.fail_under,
            below.max_age_hours if self.max_age_hours is None else self.max_age_hours,
        )

    def of(self, kind: SignalKind) -> Bounds:
        """The bounds that hold for a signal."""
        return self.bounds.get(kind.name, Bounds()).over(kind.bounds)


class Point(NamedTuple):
    """A value at a time, in seconds since 1970."""

    time: float
    value: float


class Period(NamedTuple):
    """From when to when something was measured, as `2026-01-31T12:00:00Z`; empty is unknown."""

    start: str = ""
    end: str = ""


class Signal(NamedTuple):
    """One signal: what was measured, and what it is worth.

    `score` None: could not tell, and `why` says why not. `value` is in `unit`, `least` and `most`
    bound it where a histogram knows no better. `source` names the metric, `points` are values over
    the window. `about` is `serving` or `quality`.
    """

    name: str
    title: str
    unit: str
    bounds: Bounds
    value: float | None = None
    score: float | None = None
    least: float | None = None
    most: float | None = None
    source: str = ""
    why: str = ""
    note: str = ""
    points: tuple[Point, ...] = ()
    about: str = "serving"


class Scorecard(NamedTuple):
    """All signals about a server, and where they were read.

    `window` says over which time in words, `engine` whose metrics were read. `fail_under` is the
    score below which it fails; 0 means that only a signal at 0 does. `image` is the digest of what
    is served, as whoever asked says it; `read` is when it was asked, `2026-01-31T12:00:00Z`, and
    `measured` the time about which metrics tell: of saved ones it is another.
    """

    origin: str
    engine: str
    window: str
    signals: tuple[Signal, ...]
    problems: tuple[Problem, ...] = ()
    fail_under: float = 0.0
    notes: tuple[str, ...] = ()
    image: str = ""
    read: str = ""
    measured: Period = Period()

    @property
    def lowest(self) -> Signal | None:
        """The worst signal that could be told; None when none could. Never an average."""
        told = (signal for signal in self.signals if signal.score is not None)
        return min(told, key=lambda signal: signal.score or 0.0, default=None)

    @property
    def unknown(self) -> tuple[Signal, ...]:
        """The signals about which nothing can be told."""
        return tuple(signal for signal in self.signals if signal.score is None)

    @property
    def is_read(self) -> bool:
        """Whether anything could be read at all."""
        return not self.problems or any(signal.value is not None for signal in self.signals)

    @property
    def failing(self) -> tuple[Signal, ...]:
        """The signals at 0 or below what is asked for."""
        told = [(signal, signal.score) for signal in self.signals if signal.score is not None]
        return tuple(one for one, score in told if score <= 0 or score < self.fail_under)

    @property
    def outcome(self) -> Outcome:
        """Fail where a signal fails; what could not be told, or a problem, is no pass."""
        if self.failing:
            return Outcome.FAIL
        told = self.signals and not self.unknown and not self.problems
        return Outcome.PASS if told else Outcome.INCOMPLETE

    @property
    def exit_code(self) -> ExitCode:
        """The code that a process with this scorecard ends with."""
        return {
            Outcome.PASS: ExitCode.PASS,
            Outcome.FAIL: ExitCode.FAIL,
            Outcome.INCOMPLETE: ExitCode.INCOMPLETE,
        }[self.outcome]
