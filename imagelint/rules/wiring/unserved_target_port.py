"""The rule `unserved-target-port`."""

from __future__ import annotations

from imagelint.core.nearest import nearest
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.queries.links.published import unserved_published
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.links.targets import Unserved, unserved_ports
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((Service, ServingCommand), Severity.HIGH, references=("kube-linter invalid-target-ports",))
def unserved_target_port(subject: Service | ServingCommand, ctx: Context) -> Findings:
    """A Service, or a published port, leads to a port on which nobody listens.

    Every connection is refused, or, by a name that no container has, there are no endpoints at
    all. Without `targetPort` it is the port of the Service itself. Of the two numbers of a
    published port (`8080:8000`, `-p 8080:8000`) the last is that of the container. What a
    container declares opens no port: where an engine's own image, or a command that starts an
    engine and nothing else, is told another one, and nobody else may listen there, the declaration
    is not believed.

    Except:
        Pods that are not in sight, containers that do not say on which ports they listen unless the
        server and its port are known, headless Services by number. Without `targetPort`, what
        only differs from the ports that the containers declare is likely, and less severe.
        Published ports beside one that leads to the server, ranges, numbers that stand anywhere in
        what the container is told, containers in another network; of an image that is not the
        engine's own they are likely.

    Bad (server.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: llm}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (server.yaml):
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

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --port, "9000"]
            ports: ["127.0.0.1:8000:8000"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --port, "9000"]
            ports: ["127.0.0.1:8000:9000"]
    """
    if isinstance(subject, ServingCommand):
        found, name = unserved_published(subject, ctx.document), subject.launch.runtime.name
    else:
        scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
        found, name = unserved_ports(subject, scope), subject.object.name
    for one in found:
        guessed = one.listener is None and one.target.isdecimal()
        server = one.listener.server if one.listener is not None else None
        concluded = server is not None and (server.concluded or not server.own_image)
        sure = one.here and not concluded and not guessed
        yield ctx.finding(
            one.place,
            _said(one),
            help=_help(one),
            subject=name,
            severity=Severity.MEDIUM if guessed else None,
            confidence=None if sure else Confidence.LIKELY,
        )


def _said(one: Unserved) -> str:
    if not one.target.isdecimal():
        return f"no container behind the Service has a port called `{one.target}`"
    if one.listener is not None:
        return f"{title(one.listener.server)} listens on {one.listener.port}, not on {one.target}"
    declared = ", ".join(map(str, one.declared))
    return f"the containers behind the Service listen on {declared}, not on {one.target}"


def _help(one: Unserved) -> str:
    meant = nearest(one.target, one.names) or (one.names[0] if len(one.names) == 1 else "")
    if one.listener is not None:
        port = one.listener.port
        return (
            f"write `{one.field}: {port}`" if one.field else f"publish port {port} of the container"
        )
    if meant and not one.target.isdecimal():
        return f"write `targetPort: {meant}`"
    if len(one.declared) == 1:
        return f"write `targetPort: {one.declared[0]}`"
    return "write the port on which the server listens"
