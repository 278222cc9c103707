"""The rule `route-timeout-short`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.scaling import Route, Timeout
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# Our own: a long answer without streaming takes minutes, a pause between tokens some seconds.
_TOTAL, _IDLE = 300.0, 60.0


@rule(Route, Severity.MEDIUM)
def route_timeout_short(route: Route, ctx: Context) -> Findings:
    """The way to the model server is cut before a long answer is complete.

    A long generation takes minutes. A limit on the whole answer cuts it in the middle even while
    it streams; a limit on the time between two parts cuts answers that do not stream, and requests
    that wait in the queue. The client gets an error, the GPU has done the work.

    Except:
        Routes whose way to a model server cannot be followed, limits that are switched off (`0s`).
        Where nothing is written, the default of a known controller gets a low severity.
        What nginx and Caddy include, TOML and static files of Traefik, Envoy and Apache are not
        read.

    Bad (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "30"}
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
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "600"}
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
    short = [timeout for timeout in route.timeouts if _is_short(timeout)]
    if not short:
        return
    scope = NameScope(ctx.document, ctx.project)
    servers = scope.routed_servers(route)
    if not servers or scope.is_configured_elsewhere(route):
        return
    for timeout in short:
        seconds = timeout.seconds.value if isinstance(timeout.seconds, Known) else 0.0
        written = isinstance(timeout.seconds, Known) and timeout.seconds.span is not None
        limit = "the whole answer" if timeout.meaning == "total" else "a pause in the answer"
        state = "" if written else f", the default of {route.controller}"
        least = f", and not below {_TOTAL:g} s" if timeout.meaning == "total" else ""
        yield ctx.finding(
            timeout,
            f"{limit} of {title(servers[0])} may take {seconds:g} s{state}",
            help=f"{timeout.advice}{least}",
            subject=route.name,
            severity=None if written else Severity.LOW,
            confidence=None if written and not servers[0].concluded else Confidence.LIKELY,
        )


def _is_short(timeout: Timeout) -> bool:
    """Whether a limit is below the floor; a default as long as the floor is short as well."""
    if not isinstance(timeout.seconds, Known):
        return False
    seconds: float = timeout.seconds.value
    if timeout.meaning == "total":
        return seconds < _TOTAL
    return seconds < _IDLE or (timeout.seconds.span is None and seconds <= _IDLE)
