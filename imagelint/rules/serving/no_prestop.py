"""The rule `no-prestop`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT
from imagelint.documents.queries.serving import is_worker_pod, title
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.LOW, confidence=Confidence.LIKELY)
def no_prestop(server: ServingCommand, ctx: Context) -> Findings:
    """A server that is taken away still gets requests for some seconds, and refuses them.

    A pod gets its SIGTERM at the moment in which it begins to disappear from the endpoints of its
    Service. Until every node and every load balancer has heard of it some seconds pass, in which
    new requests go to a server that has closed its port. A preStop hook that only waits keeps it
    open for as long.

    Except: pods to which no Service leads, servers that an operator stops, Jobs.

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
              lifecycle: {preStop: {sleep: {seconds: 10}}}
    """
    runtime = server.launch.runtime
    if runtime.kind != "pod" or not server.engine or not runtime.restarts or runtime.managed:
        return
    if runtime.shutdown.hook is not ABSENT or server.is_follower or is_worker_pod(server):
        return
    from imagelint.documents.queries.scaled import NameScope

    services = NameScope(ctx.document, ctx.project).services_before(runtime)
    if services:
        yield ctx.finding(
            Place(runtime.shutdown.unhooked or runtime.span, f"{runtime.path}.lifecycle.preStop"),
            f"{title(server)} closes its port while "
            f"the {services[0].kind} {services[0].object.name} still sends requests",
            help="let it wait: `lifecycle: {preStop: {sleep: {seconds: 10}}}`",
            subject=runtime.name,
        )
