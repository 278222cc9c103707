"""The rule `body-limit-small`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.serving.scaling import Route
from imagelint.knowledge.models import takes_media
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# Our own: a photo of some megabytes, as base64.
_LEAST = float(8 * 2**20)


@rule(Route, Severity.LOW, confidence=Confidence.LIKELY)
def body_limit_small(route: Route, ctx: Context) -> Findings:
    """The way to the model server refuses the images that its model is asked about.

    An image travels inside the request, a third larger than its file. nginx refuses bodies above
    1 MB with status 413 unless it is told otherwise, which is less than one photo; the server never
    sees the request.

    Except:
        Routes whose way to a model server cannot be followed, models of text alone.
        What nginx and Caddy include, TOML and static files of Traefik, Envoy and Apache are not
        read.

    Bad (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 1m}
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
              args: [--model, Qwen/Qwen2.5-VL-7B-Instruct]

    Good (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 64m}
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
              args: [--model, Qwen/Qwen2.5-VL-7B-Instruct]
    """
    small = [one for one in route.told("limited") if one.amount < _LEAST]
    servers = NameScope(ctx.document, ctx.project).routed_servers(route) if small else ()
    models = (value_or(one.model, "") for one in servers)
    model = next(filter(takes_media, models), "")
    for one in small if model else ():
        state = one.written or f"1m, the default of {route.controller},"
        yield ctx.finding(
            one,
            f"bodies above {state} are refused, and {model} is sent media",
            help=f"set `{one.field}` to `{one.meant or '64m'}`",
            subject=route.name,
        )
