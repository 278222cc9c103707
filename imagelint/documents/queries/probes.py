"""Questions about probes and health checks, and about the time that a server has to start."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.pattern import pattern as lazy
from imagelint.documents.compose.values import is_set, value, word
from imagelint.documents.quantity import parse_duration
from imagelint.documents.queries.modelcache import weights_stay
from imagelint.knowledge.startup import seconds_to_start

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.yaml.cursor import Cursor

# kubernetes/website: configure-liveness-readiness-startup-probes.md
_PERIOD, _FAILURES = 10, 3
# https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck
_INTERVAL, _RETRIES = 30.0, 3.0
_ADDRESS = lazy(r"https?://[^/\s\"'`]+(/[^\s\"'`?#)]*)")
# What every server that speaks like OpenAI's answers by generating.
_GENERATION = ("/v1/chat/completions", "/v1/completions", "/generate", "/v1/responses")


class FailureBudget(NamedTuple):
    """How long something may fail before the server is given up, in seconds and as a sum."""

    seconds: float
    words: str


class StartupEstimate(NamedTuple):
    """How long a server may need to start: seconds, and why; `sized` when its size is known."""

    seconds: float
    why: str
    sized: bool


def probe_budget(probe: Cursor) -> FailureBudget | None:
    """The time until a probe of a pod gives the container up; None when it is not known."""
    delay = _number(probe["initialDelaySeconds"], 0)
    period = _number(probe["periodSeconds"], _PERIOD)
    failures = _number(probe["failureThreshold"], _FAILURES)
    if delay is None or period is None or failures is None:
        return None
    seconds = delay + period * failures
    words = f"{period} s * {failures} failures = {seconds} s"
    return FailureBudget(seconds, f"{delay} s + {words}" if delay else words)


def _number(place: Cursor, default: int) -> int | None:
    fact = place.integer()
    if isinstance(fact, Known):
        return fact.value or default
    return default if fact is ABSENT else None


def healthcheck_budget(check: Cursor) -> FailureBudget | None:
    """The time until a service of compose is called unhealthy; None when it is not known.

    None as well where the check is the image's own, or is switched off.
    """
    if not is_set(check["test"]) or check["disable"].exists:
        return None
    first = check["test"][0] if check["test"].items() else check["test"]
    if word(first) == "NONE":
        return None
    start = _duration(check["start_period"], 0.0)
    interval = _duration(check["interval"], _INTERVAL)
    retries = _duration(check["retries"], _RETRIES)
    if start is None or interval is None or retries is None:
        return None
    seconds = start + interval * retries
    words = f"{interval:g} s * {retries:g} retries = {seconds:g} s"
    return FailureBudget(seconds, f"{start:g} s + {words}" if start else words)


def _duration(place: Cursor, default: float) -> float | None:
    fact: Fact[str] = value(place)
    if not isinstance(fact, Known):
        return default if fact is ABSENT else None
    seconds = float(fact.value) if fact.value.isdecimal() else parse_duration(fact.value)
    return None if seconds is None else seconds or default


def need(server: ServingCommand) -> StartupEstimate:
    """The time that a server should be given, by the size of its weights; half when they stay."""
    weights = server.weights_gb()
    size = weights.value if isinstance(weights, Known) else None
    seconds = float(seconds_to_start(size))
    why = "loading a model" if size is None else f"loading {size:g} GB of weights"
    if weights_stay(server):
        return StartupEstimate(seconds / 2, f"{why} from a volume", size is not None)
    return StartupEstimate(seconds, why, size is not None)


def answers_early(server: ServingCommand, probe: Cursor) -> bool:
    """Whether a probe succeeds as soon as the port is open, long before the model is loaded."""
    known = server.facts
    if known is None or known.endpoints.opens != "early":
        return False
    if known.traits.loads_on_request or probe["tcpSocket"].exists:
        return True
    alive, ready = known.endpoints.liveness, known.endpoints.readiness
    return alive != ready and probe.at("httpGet", "path").word().partition("?")[0] == alive


def generates(server: ServingCommand, probe: Cursor) -> tuple[Cursor, str] | None:
    """Where a probe of a pod makes the model work, and the path that it asks for."""
    place = probe.at("httpGet", "path")
    path = place.word()
    if path and is_generation(server, path):
        return place, path
    command = probe.at("exec", "command")
    found = generation_in(server, (item.word() for item in command.items()))
    return (command, found) if found else None


def generation_in(server: ServingCommand, texts: Iterable[str]) -> str:
    """The first path in some words of a command that makes the model work; empty without one."""
    for text in texts:
        for match in _ADDRESS.finditer(text):
            if is_generation(server, match[1]):
                return match[1]
    return ""


def is_generation(server: ServingCommand, path: str) -> bool:
    """Whether a path of the server's interface makes the model work."""
    patterns = server.facts.endpoints.generation if server.facts else _GENERATION
    plain = path.partition("?")[0].rstrip("/")
    return any(fnmatchcase(plain, pattern) for pattern in patterns)
