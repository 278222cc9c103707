"""The rule `readiness-generates`."""

from __future__ import annotations

from imagelint.core.fact import Known, value_or
from imagelint.documents.queries.probes import generates
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# Enough for a probe to stand in the queue with everybody else, now and then in vain.
_PATIENT_SECONDS, _PATIENT_FAILURES = 30, 5


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def readiness_generates(server: ServingCommand, ctx: Context) -> Findings:
    """The readiness probe makes the model generate.

    Under load the probe waits in the queue behind the users' requests and runs into its timeout, on
    all replicas at once: then no replica is left, and the ones that come back first get
    everything. Guides that ask for a completion in the readiness probe mean well, but whether the
    model is loaded is what the engine's own path tells. In a startup probe a completion does no
    harm: nobody is served yet.

    Except:
        Patient probes (30 s and five failures or more) get a low severity. Health checks of compose
        and images, which are all there is, are those of `liveness-generates`.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              readinessProbe:
                httpGet: {path: /v1/completions, port: 8000}

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              readinessProbe:
                httpGet: {path: /health, port: 8000}
    """
    runtime = server.launch.runtime
    probe = runtime.probes.readiness
    if runtime.kind != "pod" or not isinstance(probe, Known):
        return
    found = generates(server, probe.value)
    if found is None:
        return
    place, path = found
    timing = probe.value.timing
    patient = (
        value_or(timing.timeout.value, 0) >= _PATIENT_SECONDS
        and value_or(timing.failure_threshold.value, 0) >= _PATIENT_FAILURES
    )
    instead = f"`{server.facts.endpoints.readiness}`" if server.facts else "a path that is free"
    yield ctx.finding(
        place,
        f"the {probe.value.title} asks {path}, which waits behind the users' requests: "
        "under load all replicas become unready together",
        help=f"ask {instead}; a startup probe may generate",
        subject=runtime.name,
        severity=Severity.LOW if patient else None,
    )
