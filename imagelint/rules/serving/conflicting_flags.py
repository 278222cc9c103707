"""The rule `conflicting-flags`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.conflicts import (
    Refused,
    opposite_flags,
    refused_flags,
    repeated_flags,
)
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def conflicting_flags(server: ServingCommand, ctx: Context) -> Findings:
    """The server is told flags that it refuses together, or one without the other that it needs.

    It ends with a message about its arguments before anything is loaded, again at every restart.
    Some numbers have to be larger than others: room for an answer is what `--max-input-tokens`
    leaves of `--max-total-tokens`. The table is made of the checks in the engines' own sources.

    A flag that is switched on and off by the same command, or given two values, is not refused by
    most, but the first of both has no effect: medium.

    Except:
        Values that are not known, flags that are switched off, engines that are only likely.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, --enable-auto-tool-choice]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, --enable-auto-tool-choice, --tool-call-parser=hermes]

    Bad (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            command: [--model-id, Qwen/Qwen3-8B, --max-input-tokens=4000, --max-input-length=4000]

    Good (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            command: [--model-id, Qwen/Qwen3-8B, --max-input-tokens=4000]

    Bad:
        FROM vllm/vllm-openai:v0.30.0
        CMD ["--model", "/models/m", "--headless", "--api-server-count", "2"]

    Good:
        FROM vllm/vllm-openai:v0.30.0
        CMD ["--model", "/models/m", "--headless"]
    """
    for found in refused_flags(server):
        written = found.switch.written
        if found.needed:
            message = f"{title(server)} refuses `{written}` without `--{found.other}`"
            help_ = f"add `--{found.other}`, or leave the other one out"
        elif found.order:
            message, help_ = _in_order(found, title(server))
        else:
            message = f"{title(server)} refuses `{written}` beside `{found.other}`"
            help_ = f"leave out `{written}`, or the other one"
        yield ctx.finding(
            found.switch,
            message,
            help=help_,
            subject=server.launch.runtime.name,
        )
    for first, last in (*opposite_flags(server), *repeated_flags(server)):
        yield ctx.finding(
            last,
            f"`{last.written}` takes back what `{first.written}` says before it",
            help="leave one of the two out",
            subject=server.launch.runtime.name,
            severity=Severity.MEDIUM,
            confidence=Confidence.LIKELY,
        )


def _in_order(found: Refused, engine: str) -> tuple[str, str]:
    """What is said about two numbers of which one has to be larger, and what helps."""
    written, order = found.switch.written, "less than" if found.order == "below" else "at most"
    message = f"{engine} refuses `{written}` unless it is {order} `{found.other}`"
    return message, f"lower `{written}`, or raise `{found.other}`"
