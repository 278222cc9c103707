"""Questions about probes and health checks, and about the time that a server has to start."""

from __future__ import annotations

from fnmatch import fnmatchcase
from math import inf
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.health.asked import asks_server, requests_of, written_at
from imagelint.documents.queries.requests import only_connects, requested_paths
from imagelint.documents.queries.weights.modelcache import weights_source, weights_stay
from imagelint.documents.runtime.probe import CheckKind
from imagelint.documents.shell.shells import base_name
from imagelint.knowledge.startup import SMALL, seconds_to_start

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.queries.health.asked import Asked
    from imagelint.documents.runtime.probe import Probe
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.knowledge.engines import Traits

# What every server that speaks like OpenAI's answers by generating.
_GENERATION = ("/v1/chat/completions", "/v1/completions", "/generate", "/v1/responses")
# Programs that tell of devices, of the vendors of accelerators.
_OF_DEVICES = frozenset({"amd-smi", "hl-smi", "neuron-ls", "nvidia-smi", "rocm-smi", "xpu-smi"})


class FailureBudget(NamedTuple):
    """How long something may fail before the server is given up, in seconds and as a sum."""

    seconds: float
    words: str


class StartupEstimate(NamedTuple):
    """How long a server may need to start: seconds, and why; `sized` when its size is known."""

    seconds: float
    why: str
    sized: bool


def failure_budget(probe: Probe) -> FailureBudget | None:
    """The time until a probe has failed too often; None when it is not known.

    None as well where the probe is switched off, or its check is the image's own.
    """
    timing = probe.timing
    before = _sum(timing.initial_delay.value, timing.start_period.value)
    period, failures = timing.period.value, timing.failure_threshold.value
    if before is None or not isinstance(period, Known) or not isinstance(failures, Known):
        return None
    if probe.check.kind is UNKNOWN or (probe.check.kind is ABSENT and not probe.kills):
        return None
    seconds = before + period.value * failures.value
    words = f"{_plain(period.value)} s * {_plain(failures.value)} {probe.counted}"
    words += f" = {_plain(seconds)} s"
    return FailureBudget(seconds, f"{_plain(before)} s + {words}" if before else words)


def _sum(*facts: Fact[float]) -> float | None:
    total = 0.0
    for fact in facts:
        if fact is UNKNOWN:
            return None
        total += fact.value if isinstance(fact, Known) else 0.0
    return total


def _plain(number: float) -> str:
    """A number as people write it, `30` or `2.5`."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def need(server: ServingCommand) -> StartupEstimate:
    """The time that a server should be given, by the size of its weights; half when they stay.

    Models for embeddings are taken to be small where their names tell no size.
    """
    weights = server.checkpoint_gb()
    size = weights.value if isinstance(weights, Known) else None
    guess = SMALL if server.only_embeds else None
    seconds = float(seconds_to_start(guess if size is None else size))
    why = "loading a model" if size is None else f"loading {size:g} GB of weights"
    if weights_stay(server):
        return StartupEstimate(
            seconds / 2, f"{why} from {weights_source(server)}", size is not None
        )
    return StartupEstimate(seconds, why, size is not None)


def seconds_if_small(server: ServingCommand) -> float:
    """Seconds for weights that are known to be small, without end for others."""
    size = server.checkpoint_gb()
    small = isinstance(size, Known) and size.value <= SMALL
    return seconds_to_start(size.value) if small else inf


def answers_early(server: ServingCommand, probe: Probe) -> bool:
    """Whether a probe may succeed as soon as the port is open, long before the model is loaded."""
    known = server.facts
    if known is None:
        return False
    # What stands before a worker is there at once, or asks in a way of its own.
    if server.worker or may_start_idle(server, known.traits):
        return True
    if known.endpoints.opens == "late":
        return False
    check = probe.check
    words = value_or(check.command.value, ())
    connects = value_or(check.kind, None) is CheckKind.TCP or only_connects(
        words, in_shell=check.in_shell
    )
    if known.traits.loads_on_request or connects:
        return True
    alive, ready = known.endpoints.liveness, known.endpoints.readiness
    asked = {
        value_or(check.url_path.value, "").partition("?")[0],
        *requested_paths(words, in_shell=check.in_shell),
    }
    return alive in asked and ready not in asked


def answered_before_model(server: ServingCommand, probe: Probe) -> Asked | None:
    """What a probe asks that is answered while the model is loaded, where a better path is."""
    known = server.facts
    if known is None or server.worker or known.traits.loads_on_request:
        return None
    paths = known.endpoints
    if not paths.waits or paths.opens == "late" or may_start_idle(server, known.traits):
        return None
    alive = paths.liveness if paths.liveness != paths.readiness else ""
    for asked in requests_of(server.launch.runtime, probe):
        path = value_or(asked.path, "")
        early = path == alive if path else asked.path is ABSENT and paths.opens == "early"
        if early and asks_server(server, asked):
            return asked
    return None


def asks_device(probe: Probe) -> str:
    """The program by which a probe looks at the GPUs, and at nothing else; empty where it is none.

    A program behind `&&`, or in a script, is another matter.
    """
    words = value_or(probe.check.command.value, ())
    program = base_name(words[0].text) if words and not probe.check.in_shell else ""
    return program if program in _OF_DEVICES else ""


def may_start_idle(server: ServingCommand, traits: Traits) -> bool:
    """Whether no model may be loaded at the start, so that there is none to wait for."""
    if any(isinstance(server.switch(flag), Known) for flag in traits.preload_flags):
        return False
    modes = ((server.switch(flag), values) for flag, values in traits.idle_start.items())
    return any(
        mode is UNKNOWN or (isinstance(mode, Known) and mode.value in values)
        for mode, values in modes
    )


def generates(server: ServingCommand, probe: Probe) -> tuple[Node, str] | None:
    """Where a probe makes the model work, and the path that it asks for."""
    check = probe.check
    if check.kind is ABSENT:
        return None
    path = value_or(check.url_path.value, "")
    if path and is_generation(server, path):
        return check.url_path, path
    words = value_or(check.command.value, ())
    for asked in requested_paths(words, in_shell=check.in_shell):
        if is_generation(server, asked):
            return written_at(words, asked, check.command), asked
    return None


def is_generation(server: ServingCommand, path: str) -> bool:
    """Whether a path of the server's interface makes the model work."""
    patterns = server.facts.endpoints.generation if server.facts else _GENERATION
    plain = path.partition("?")[0].rstrip("/")
    return any(fnmatchcase(plain, pattern) for pattern in patterns)
