"""The rule `generation-retried`."""

from __future__ import annotations

from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.scaling import Route
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Route, Severity.MEDIUM, confidence=Confidence.LIKELY)
def generation_retried(route: Route, ctx: Context) -> Findings:
    """A generation that fails on its way is sent again, to a server that is busy already.

    A request is repeated safely where the connection was never made. Behind a reset or a status
    such as 502 or 504 the server may still work on the first one: the answer is generated twice or
    more often, and just when the servers are too slow, each retry adds to their queue. nginx never
    repeats a POST by itself, unless it is told `non_idempotent`.

    Except: routes whose way to a model server cannot be followed, retries upon 503, which tells
    that the server takes no request.

    Bad (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations:
            nginx.ingress.kubernetes.io/proxy-next-upstream: error timeout non_idempotent
        spec:
          ingressClassName: nginx
          defaultBackend: {service: {name: llm, port: {number: 80}}}
        === server.yaml
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

    Good (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations:
            nginx.ingress.kubernetes.io/proxy-next-upstream: error timeout
        spec:
          ingressClassName: nginx
          defaultBackend: {service: {name: llm, port: {number: 80}}}
        === server.yaml
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
    """
    retried = route.told("retried")
    servers = NameScope(ctx.document, ctx.project).routed_servers(route) if retried else ()
    for one in retried[:1] if servers else ():
        yield ctx.finding(
            one,
            f"{one.written} sends requests again on which {title(servers[0])} may be at work",
            help=f"retry connections that failed alone: `{one.meant}`",
            subject=route.name,
        )
