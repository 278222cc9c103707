"""The rule `breached-signal`."""

from __future__ import annotations

from imagelint.documents.metrics.card import ScoredSignal
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ScoredSignal, Severity.HIGH)
def breached_signal(signal: ScoredSignal, ctx: Context) -> Findings:
    """A signal of the running server is at 0, or below what the scorecard asks for.

    `imagelint score --format json` writes how well a canary serves; beside the image, the gate
    takes it as it takes any other file. Each signal counts alone: an average hides that requests
    wait, or are computed again because the KV cache is full.

    Bad (scorecard.json):
        {"schema": "imagelint.scorecard/1", "fail_under": 0.5, "signals": [
         {"name": "ttft-p99", "title": "time to first token, p99", "score": 0.3}]}

    Good (scorecard.json):
        {"schema": "imagelint.scorecard/1", "fail_under": 0.5, "signals": [
         {"name": "ttft-p99", "title": "time to first token, p99", "score": 0.8}]}
    """
    if not signal.fails:
        return
    asked = f", {signal.fail_under:g} is asked for" if signal.fail_under else ""
    message = f"{signal.title} is worth {signal.score:.2f}{asked}"
    yield ctx.finding(signal, message, help="do not promote this image", subject=signal.name)
