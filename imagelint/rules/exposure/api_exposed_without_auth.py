"""The rule `api-exposed-without-auth`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.queries.exposure.routes import ways_in
from imagelint.documents.queries.exposure.switches import asks_for_key
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.scaling import Route
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((ServingCommand, Service, Route), Severity.HIGH)
def api_exposed_without_auth(subject: ServingCommand | Service | Route, ctx: Context) -> Findings:
    """A model server is reached from outside, and asks nobody for a key.

    Whoever finds the address uses the GPUs, reads what others asked where the engine shows it,
    and reaches every hole of the engine. Many engines have no authentication at all (Ollama,
    Triton unless it is restricted, NIM, TensorRT-LLM's server), others only if they are told a
    key. Docker's published ports go past the host's firewall. What counts are ports that are
    published on all addresses, `hostPort`, the network of the host, Services of the types
    LoadBalancer and NodePort, and routes, followed to the server's own port.

    Except:
        Ports on `127.0.0.1`, keys from secrets, gateways in pods of their own, sidecars that have
        the Service's port, routes with annotations about authentication, runs that hold an object
        which authenticates (`SecurityPolicy`, `RequestAuthentication`, a Middleware …). What is
        internal, or open to some addresses only, gets a medium severity. Routes and host networks
        are likely.

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-8B]
            ports: ["8000:8000"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-8B]
            ports: ["127.0.0.1:8000:8000"]

    Bad (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {type: LoadBalancer, selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        === pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]

    Good (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {type: ClusterIP, selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        === pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
    """
    for way in ways_in(subject, ctx.document, ctx.project):
        asks = asks_for_key(way.server)
        if isinstance(asks, Known) and not asks.value:
            yield ctx.finding(
                way.place,
                f"{way.what} leads to {title(way.server)}, which asks nobody for a key",
                help=f"{way.advice}, or let the server or a gateway before it ask for a key",
                subject=way.server.launch.runtime.name,
                severity=Severity.MEDIUM if way.limited else None,
                confidence=None if way.sure and not way.server.concluded else Confidence.LIKELY,
            )
