"""The rule `buffered-stream`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.scaling import Route, RouteSetting
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.serving.command import ServingCommand


@rule(Route, Severity.MEDIUM, confidence=Confidence.LIKELY)
def buffered_stream(route: Route, ctx: Context) -> Findings:
    """The way to the model server keeps answers back, so that streams arrive in lumps.

    A proxy that buffers answers collects the small events of a stream until its buffers are full
    or the answer is complete: the client sees nothing for seconds and then much at once, and the
    time to the first token is that of the proxy.

    nginx that is configured by itself buffers unless it is told otherwise, and ingress-nginx does
    not. A server that sends `X-Accel-Buffering: no` with its streams switches it off.

    Except:
        Routes whose way to a model server cannot be followed.
        What nginx and Caddy include, TOML and static files of Traefik, Envoy and Apache are not
        read.

    Bad (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations: {nginx.ingress.kubernetes.io/proxy-buffering: "on"}
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
          annotations: {nginx.ingress.kubernetes.io/proxy-buffering: "off"}
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
    buffered = route.told("buffered")
    servers = NameScope(ctx.document, ctx.project).routed_servers(route) if buffered else ()
    servers = tuple(one for one in servers if not (route.heeds_server and _asks(one)))
    for one in buffered if servers else ():
        state = "" if one.written else f", the default of {route.controller}"
        yield ctx.finding(
            one,
            f"the answers of {title(servers[0])} are kept back until a buffer is full{state}",
            help=_advice(one),
            subject=route.name,
            severity=None if one.written else Severity.LOW,
            fix=Fix("do not buffer", (ctx.edit(one.span, _said(one)),)) if _is_plain(one) else None,
        )


def _asks(server: ServingCommand) -> bool:
    """Whether it tells proxies itself not to buffer its streams."""
    return server.facts is not None and server.facts.endpoints.unbuffered


def _advice(one: RouteSetting) -> str:
    if not one.written:
        return f"set `{one.field}` to `{one.meant}`"
    return f"write `{one.meant}`" if one.meant else f"leave `{one.field}` out on this way"


def _is_plain(one: RouteSetting) -> bool:
    return bool(one.written and one.meant)


def _said(one: RouteSetting) -> str:
    return one.meant if one.bare else f'"{one.meant}"'
