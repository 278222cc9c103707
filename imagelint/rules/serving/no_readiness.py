"""The rule `no-readiness`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.serving import is_worker_pod, title
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    ServingCommand,
    Severity.HIGH,
    references=(
        "kube-linter no-readiness-probe",
        "kube-score pod-probes",
        "Polaris readinessProbeMissing",
        "Checkov CKV_K8S_9",
        "Kyverno require-pod-probes",
    ),
)
def no_readiness(server: ServingCommand, ctx: Context) -> Findings:
    """Users are sent to a server that still loads its model.

    Without a readiness probe a container counts as ready as soon as its process runs. The Service
    sends it its share of the requests for all the minutes in which the weights are loaded, and each
    of them fails; a rolling update takes the old pods away while the new ones cannot answer yet.

    Except:
        Servers whose probes an operator adds, parts of a larger server, Jobs. Where no Service is
        seen that leads to the pod the severity is medium, with a startup probe, which holds
        requests back until the model is loaded, low.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              ports: [{containerPort: 8000}]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              ports: [{containerPort: 8000}]
              readinessProbe:
                httpGet: {path: /health, port: 8000}
    """
    runtime, known = server.launch.runtime, server.facts
    if runtime.kind != "pod" or known is None or server.is_follower or not runtime.restarts:
        return
    if runtime.probes.readiness is not ABSENT or known.traits.launches_others:
        return
    if is_worker_pod(server):
        return
    from imagelint.documents.queries.scaled import NameScope

    services = NameScope(ctx.document, ctx.project).services_before(runtime)
    if not services and not runtime.ports:
        return
    started = isinstance(runtime.probes.startup, Known)
    if started:
        says = "nothing takes it out of service while it does not answer"
    else:
        says = "it gets requests while it loads its model"
    way = f"behind the {services[0].kind} {services[0].object.name} " if services else ""
    yield ctx.finding(
        Place(runtime.probes.unready or runtime.span, f"{runtime.path}.readinessProbe"),
        f"{title(server)} {way}has no readiness probe: {says}",
        help=f"add a `readinessProbe` on `{known.endpoints.readiness}`",
        subject=runtime.name,
        severity=Severity.LOW if started else None if services else Severity.MEDIUM,
    )
