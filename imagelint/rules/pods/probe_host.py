"""The rule `probe-host`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule

_LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - compared only


@rule(Container, Severity.MEDIUM, references=("PSS baseline",))
def probe_host(container: Container, ctx: Context) -> Findings:
    """A probe or a hook names the host that it asks, and so asks somebody else than the pod.

    The kubelet sends the request, from the network of the node: whoever writes a pod reaches by it
    what only nodes reach. `localhost` is the node as well, so that such a probe never asks the
    container: it gets a high severity.

    Except:
        Pods that share the network of their node get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              readinessProbe: {httpGet: {host: 169.254.169.254, path: /health, port: 8000}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              readinessProbe: {httpGet: {path: /health, port: 8000}}
    """
    for asking, place in container.asked_hosts:
        host = value_or(place.value, "")
        if host:
            near = host in _LOOPBACK
            yield ctx.finding(
                place,
                f"`{asking}` asks {'the node' if near else f'`{host}`'}, and not the container",
                help="drop `host`; a name that the server wants is a header: `httpHeaders`",
                subject=container.name,
                severity=_severity(container, near=near),
            )


def _severity(container: Container, *, near: bool) -> Severity | None:
    if container.runtime.host.network.on:
        return Severity.LOW
    return Severity.HIGH if near else None
