"""The rule `probe-needs-key`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.documents.queries.health.asked import (
    asks_server,
    is_asked_itself,
    probes_of,
    requests_of,
    wants_key,
)
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import KEY
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.probe import Probe

_HEADER = ("authorization", "x-api-key", "api-key")


@rule(ServingCommand, Severity.HIGH)
def probe_needs_key(server: ServingCommand, ctx: Context) -> Findings:
    """The health check asks for a path that the server answers only to those who have its key.

    The answer is 401 as long as the server lives, which counts as a failure: the container is
    killed, or never ready. It works until somebody switches the key on. Engines leave their health
    path open for this.

    Except:
        Probes that send the key, paths that the engine answers to everybody.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              env:
                - name: VLLM_API_KEY
                  valueFrom: {secretKeyRef: {name: llm, key: key}}
              readinessProbe:
                httpGet: {path: /v1/models, port: 8000}

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              env:
                - name: VLLM_API_KEY
                  valueFrom: {secretKeyRef: {name: llm, key: key}}
              readinessProbe:
                httpGet: {path: /health, port: 8000}
    """
    known, runtime = server.facts, server.launch.runtime
    if known is None or not is_asked_itself(server) or not _has_key(server):
        return
    for probe in probes_of(runtime):
        if _sends_key(probe):
            continue
        for asked in requests_of(runtime, probe):
            path = asked.path
            if not isinstance(path, Known) or not asks_server(server, asked):
                continue
            if wants_key(server, path.value):
                yield ctx.finding(
                    asked.place,
                    f"the {probe.title} asks for {path.value} without the key, "
                    f"which {title(server)} answers with 401",
                    help=f"ask `{known.endpoints.readiness}`, which wants no key",
                    subject=runtime.name,
                    fix=ctx.reworded(asked.place, path.value, known.endpoints.readiness),
                )


def _has_key(server: ServingCommand) -> bool:
    """Whether a key is set, be its value known or not; an empty one is none."""
    flag = server.flag(KEY)
    said = server.find_switch(flag) if flag else None
    return said is not None and said.value is not ABSENT and value_or(said.value, "-") != ""


def _sends_key(probe: Probe) -> bool:
    if any(name in _HEADER for name in probe.check.headers):
        return True
    words = value_or(probe.check.command.value, ())
    text = " ".join(word.raw for word in words).lower()
    return any(name in text for name in (*_HEADER, "--oauth2-bearer"))
