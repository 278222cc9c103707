"""The rule `healthcheck-start-period`."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.documents.dockerfile.model import HealthCheck
from imagelint.documents.queries.probes import seconds_if_small
from imagelint.documents.queries.stages import server_of
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# https://docs.docker.com/reference/dockerfile/#healthcheck
_INTERVAL = 30.0
_RETRIES = 3.0


@dataclass(frozen=True)
class Options:
    """How long a server may load."""

    seconds: int = field(
        default=300,
        metadata={"doc": "seconds which a server must have before it can be called unhealthy"},
    )


@rule(HealthCheck, Severity.MEDIUM, confidence=Confidence.LIKELY, options=Options)
def healthcheck_start_period(check: HealthCheck, ctx: Context, options: Options) -> Findings:
    """The health check calls the server dead while it still loads its model.

    A container is unhealthy after the start period and `retries` failures at `interval`. Loading
    tens of gigabytes of weights, compiling kernels and capturing graphs takes minutes: Swarm or an
    autoheal sidecar then restarts the server before it has ever answered, for ever. Kubernetes
    does not look at HEALTHCHECK at all; there the startup probe decides.

    Except:
        Images that start no known engine, times that depend on a variable. A model whose weights
        are known to be small needs less time than the option says.

    Bad:
        FROM vllm/vllm-openai:v0.11.0
        HEALTHCHECK CMD curl --fail http://localhost:8000/health
        CMD ["--model", "meta-llama/Llama-3.1-8B-Instruct"]

    Good:
        FROM vllm/vllm-openai:v0.11.0
        HEALTHCHECK --start-period=300s CMD curl --fail http://localhost:8000/health
        CMD ["--model", "meta-llama/Llama-3.1-8B-Instruct"]
    """
    if check.disabled or not check.final:
        return
    period = _seconds(check.start_period, 0.0)
    interval = _seconds(check.interval, _INTERVAL)
    retries = _seconds(check.retries, _RETRIES)
    if period is None or interval is None or retries is None:
        return
    budget = period + interval * retries
    if budget >= options.seconds:
        return
    server = server_of(ctx.document)
    if server is None or server.facts is None or budget >= seconds_if_small(server):
        return
    flag = check.instruction.flag("start-period")
    yield ctx.finding(
        flag or check.instruction.keyword_span,
        f"{server.facts.title} is called unhealthy {budget:g} s after the start; "
        f"loading a model takes up to {options.seconds} s and more",
        help=f"set `--start-period={options.seconds}s`, or longer for large models",
        subject="HEALTHCHECK",
    )


def _seconds(fact: Fact[float] | Fact[int], default: float) -> float | None:
    """A number, the default of an absent one, None for an unknown one; Docker takes 0 as unset."""
    if isinstance(fact, Known):
        return float(fact.value) or default
    return default if fact is ABSENT else None
