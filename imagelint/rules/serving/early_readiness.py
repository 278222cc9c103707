"""The rule `early-readiness`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.health.asked import probes_of
from imagelint.documents.queries.probes import answered_before_model, asks_device
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM)
def early_readiness(server: ServingCommand, ctx: Context) -> Findings:
    """The check succeeds long before the model is loaded.

    Some servers listen at once and load their model then. An open port, or a path that only tells
    that the process lives, says nothing about the model: requests arrive while every one of them
    fails, and a startup probe hands over to the liveness probe minutes too early. Nor does
    `nvidia-smi`, which succeeds as long as there is a GPU.

    Except:
        Servers that open their port only once the model is loaded, those that load models when they
        are asked for them, and liveness probes.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ghcr.io/ggml-org/llama.cpp:server-cuda-b9060
              args: [-m, /models/m.gguf]
              readinessProbe:
                tcpSocket: {port: 8080}

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ghcr.io/ggml-org/llama.cpp:server-cuda-b9060
              args: [-m, /models/m.gguf]
              readinessProbe:
                httpGet: {path: /health, port: 8080}

    Bad (compose.yaml):
        services:
          llm:
            image: ghcr.io/ggml-org/llama.cpp:server-cuda-b9060
            command: -m /models/m.gguf
            healthcheck:
              test: nc -z localhost 8080
              start_period: 300s

    Good (compose.yaml):
        services:
          llm:
            image: ghcr.io/ggml-org/llama.cpp:server-cuda-b9060
            command: -m /models/m.gguf
            healthcheck:
              test: curl -f http://localhost:8080/health
              start_period: 300s
    """
    known, runtime = server.facts, server.launch.runtime
    if known is None or server.concluded:
        return
    for probe in probes_of(runtime):
        if runtime.kind == "pod" and probe.title.startswith("liveness"):
            continue
        program = asks_device(probe)
        if program:
            yield ctx.finding(
                probe.check.command,
                f"the {probe.title} asks too little: `{program}` tells of the GPUs, and nothing of "
                f"{title(server)}",
                help=f"ask `{known.endpoints.readiness}`, which fails until the model is loaded",
                subject=runtime.name,
            )
            continue
        asked = answered_before_model(server, probe)
        if asked is None:
            continue
        path = asked.path
        what = f"{path.value} answers" if isinstance(path, Known) else "the port is open"
        yield ctx.finding(
            asked.place if isinstance(path, Known) else asked.port_place,
            f"the {probe.title} asks too little: {what} before {title(server)} "
            "has loaded its model",
            help=f"ask `{known.endpoints.readiness}`, which fails until the model is loaded",
            subject=runtime.name,
            fix=ctx.reworded(asked.place, path.value, known.endpoints.readiness)
            if isinstance(path, Known)
            else None,
        )
